"""What each process did with each primitive, written as often as there is room for: the longest unwritten first."""

from __future__ import annotations

from procscope.runtime.collector.board_file import BoardFile
from procscope.runtime.collector.fold import primitives, uses
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.primitives import CHANNELS, Shared
from procscope.runtime.collector.fold.state import Process, World

ROWS_AT_ONCE = 2_000


class Shares:
    """The rows of boards by process and primitive."""

    def __init__(self) -> None:
        self._rows: dict[Process, dict[Shared, list[tuple[BoardFile, int]]]] = {}
        self._unwritten: dict[tuple[Process, Shared], None] = {}
        self._unsettled: dict[Shared, None] = {}
        self._moving: set[Shared] = set()
        self._moved: set[Shared] = set()

    def changed(self, shared: Shared, file: BoardFile, index: int, *, first: bool) -> None:
        """A row of a board says something new, or for the `first` time something."""
        if first:
            self._rows.setdefault(file.process, {}).setdefault(shared, []).append((file, index))
        self._unwritten[file.process, shared] = self._unsettled[shared] = None
        if shared.kind in CHANNELS:
            self._moving.add(shared)

    def write(self, world: World, at_us: int) -> None:
        """At most ROWS_AT_ONCE rows of each table."""
        for process, shared in list(self._unwritten)[:ROWS_AT_ONCE]:
            self._write(world, process, shared, at_us)
        for shared in list(self._unsettled)[:ROWS_AT_ONCE]:
            self._settle(world, shared)

    def buried(self, world: World, process: Process, at_us: int) -> None:
        """A process is dead and its boards are read: its rows are written now or never."""
        for shared in self._rows.get(process, ()):
            self._write(world, process, shared, at_us)
            primitives.left(shared, process.uid)
            self._settle(world, shared)
        self._rows.pop(process, None)

    def _write(self, world: World, process: Process, shared: Shared, at_us: int) -> None:
        self._unwritten.pop((process, shared), None)
        shares = [file.share(index) for file, index in self._rows[process][shared]]
        world.changes.uses.append(uses.use_row(shared.id, process.id, shared.run_id, shares, at_us))

    def _settle(self, world: World, shared: Shared) -> None:
        self._unsettled.pop(shared, None)
        if primitives.settled(shared):
            world.changes.primitives.add(shared)

    def sample(self, changes: Changes, at_s: int) -> list[int]:
        """Depth and flow of the channels that moved since the last sample, and of those that have just come to rest;
        their ids."""
        sampled = [shared for shared in self._moving | self._moved if not shared.part]
        for shared in sampled:
            primitives.settled(shared)
            changes.channel_samples.append((shared.id, 1, at_s, shared.depth, *primitives.flow(shared)))
        self._moved, self._moving = self._moving, set()
        return [shared.id for shared in sampled]
