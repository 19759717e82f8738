"""One run's directory: its regions found, read leaves first, folded roots first."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

from procscope.runtime import events
from procscope.runtime.collector.boards import Boards
from procscope.runtime.collector.fold import processes, stream
from procscope.runtime.collector.fold.state import Process, Run, Source, World
from procscope.runtime.collector.tail import Place, Region, restored
from procscope.runtime.errors import JournalError
from procscope.runtime.journal import board_layout, board_reader, layout
from procscope.runtime.journal.reader import Header, scan

READ_AT_ONCE = 10_000
_SAME_CLOCK_NS = 50_000_000
_YOUNG = 2.0
KEPT, BAD = ".later", ".bad"
"""Added to the names of files that a later version can read, and of those that nobody can."""
_SETTLING_NS = 50_000_000


class RunDirectory:
    """Regions of a run by (journal, number), and by the process that writes them."""

    def __init__(self, path: str, run: Run, places: dict[tuple[str, int], Place]) -> None:
        self.path = path
        self.run = run
        self.regions: dict[tuple[str, int], Region] = {}
        self.by_process: dict[int, list[Region]] = {}
        self.found: list[tuple[Process, Header]] = []
        self.replaced: list[int] = []
        self.set_aside: list[tuple[str, str]] = []
        self.boards = Boards(run, self._thread_of)
        self._places = places
        self._mtime = 0
        self._order: list[Region] | None = None
        self._strange: dict[str, float] = {}

    def discover(self, world: World, *, force: bool) -> None:
        """Look for new segments where the directory has changed since the last look."""
        try:
            mtime = os.stat(self.path).st_mtime_ns
        except OSError:
            return
        if mtime == self._mtime and not force and not any(since >= 0 for since in self._strange.values()):
            return
        # A file made right after the look may leave the same time stamp: look again while it is that fresh.
        self._mtime = mtime if time.time_ns() - mtime > _SETTLING_NS else 0
        fresh: list[Region] = []
        for path in scan(self.path):
            self._take(path, fresh)
        opened = [(region, header) for region in fresh if (header := self._start(world, region)) is not None]
        for region, header in sorted(opened, key=lambda pair: pair[1].pid != self.run.main_pid):
            self._attach(world, region, header)
        if fresh:
            self._order = None
        for path in board_reader.scan(self.path):
            self._take_board(world, path)

    def _take_board(self, world: World, path: str) -> None:
        place = board_layout.parse_board_name(os.path.basename(path))
        if place is None or self.boards.knows(place) or self._strange.get(path, 0.0) < 0:
            return
        try:
            board = board_reader.Board.open(path)
        except (JournalError, OSError) as error:
            self._unreadable(world, path, error)
            return
        header = board.header
        self._strange.pop(path, None)
        if header.run not in ("", self.run.key) or (header.journal, header.region, header.seq) != place:
            board.close()
            self._count_damage(world, path)
        elif header.process in self.run.gone:  # read and written with that process's end, by a collector that died then
            board.close()
            self.boards.over.append(path)
        else:
            process, delta = self._writer(world, header)
            self.boards.add(path, board, process, delta)

    def _thread_of(self, journal: str, number: int) -> int:
        region = self.regions.get((journal, number))
        return region.thread if region is not None else 0

    def _take(self, path: str, fresh: list[Region]) -> None:
        named = layout.parse_segment_name(os.path.basename(path))
        if named is None or self._strange.get(path, 0.0) < 0:
            return
        journal, number, seq = named
        region = self.regions.get((journal, number))
        if region is None:
            region = Region(self.path, journal, number, self._places.get((journal, number), Place()))
            self.regions[journal, number] = region
        if region.source is None and region not in fresh:
            fresh.append(region)
        if seq >= region.seq or seq == 0:
            region.paths[seq] = path

    def _start(self, world: World, region: Region) -> Header | None:
        key = (region.journal, region.number)
        path = region.paths.get(region.seq) or region.paths[min(region.paths)]
        try:
            header = region.start().header
        except (JournalError, OSError) as error:
            del self.regions[key]
            self._unreadable(world, path, error)
            return None
        self._strange.pop(path, None)
        if header.run not in ("", self.run.key) or (header.journal, header.region) != key:
            region.close()
            del self.regions[key]
            self._count_damage(world, path)
            return None
        return header

    def _unreadable(self, world: World, path: str, error: Exception) -> None:
        """A file that is just being made has no header yet; one that stays so is counted, once, and kept."""
        first = self._strange.setdefault(path, time.monotonic())
        if first < 0 or time.monotonic() - first < _YOUNG:
            return
        self._count_damage(world, path, KEPT if " version (" in str(error) else BAD)

    def _count_damage(self, world: World, path: str, suffix: str = BAD) -> None:
        if self._strange.get(path, 0.0) >= 0:
            self._strange[path] = -1.0
            self.set_aside.append((path, path + suffix))
            world.changes.drop(self.run, 0, "damaged", 1, time.time_ns() // 1000)

    def _writer(self, world: World, header: Header) -> tuple[Process, int]:
        """The process that writes a file, and what turns its monotonic ns into wall ns."""
        run = self.run
        process = self._process(world, header)
        delta = header.anchor.wall - header.anchor.mono
        if run.delta is None:
            run.delta = delta
        self.by_process.setdefault(process.uid, [])
        self.found.append((process, header))
        return process, run.delta if abs(delta - run.delta) < _SAME_CLOCK_NS else delta

    def _attach(self, world: World, region: Region, header: Header) -> None:
        process, delta = self._writer(world, header)
        region.source = Source(world, self.run, process, delta)
        place = self._places.pop((region.journal, region.number), None)
        if place is not None:
            restored(region.source, place.note)
        self.by_process[process.uid].append(region)

    def _process(self, world: World, header: Header) -> Process:
        run, uid = self.run, header.process
        stand_in = run.processes.get(0)
        if stand_in is not None and header.pid == run.main_pid and header.start_ticks in (run.main_ticks, 0):
            self._named(world, stand_in, uid)
        process = processes.process_of(world, run, uid)
        process.pid = process.pid or header.pid
        process.start_ticks, process.boot_id = header.start_ticks or None, header.boot_id
        process.python = process.python or ".".join(map(str, header.python))
        if process.state == "starting":
            process.state = "running"
        processes.placed(Source(world, run, process, 0), process, header.parent, header.pool, "")
        return process

    def _named(self, world: World, stand_in: Process, uid: int) -> None:
        """The main process has said its uid. Where a child has named it before, there are two rows: the first goes."""
        run = self.run
        del run.processes[0]
        run.main = uid
        named = run.processes.get(uid)
        if named is None:
            stand_in.uid = uid
            run.processes[uid] = stand_in
            return
        named.kind, named.started_us = "main", stand_in.started_us
        world.changes.processes.discard(stand_in)
        world.changes.processes_gone.append((stand_in.id,))
        self.replaced.append(stand_in.id)

    def _rank(self, region: Region) -> tuple[int, str, int]:
        """Roots first; in a process the first thread to speak first, since it is the one that submits."""
        return self._depth(region), region.journal, region.number

    def _depth(self, region: Region) -> int:
        """How far the region's process is from the root of the run."""
        depth = 0
        process = region.source.process if region.source is not None else None
        while process is not None and process.parent and depth < 64:
            depth += 1
            process = self.run.processes.get(process.parent)
        return depth

    def ordered(self) -> list[Region]:
        """Roots first."""
        if self._order is None:
            self._order = sorted((region for region in self.regions.values() if region.source), key=self._rank)
        return self._order

    def fill(self) -> None:
        """Read ahead, leaves first, so that what they refer to has been written when the roots are read."""
        regions = self.ordered()
        limit = max(256, min(READ_AT_ONCE, 2 * READ_AT_ONCE // max(1, len(regions))))
        for region in reversed(regions):
            region.fill(limit if region.source is not None and region.source.process.parent else READ_AT_ONCE)

    def fold(self, world: World, room: int, turn: int, last_full: int) -> tuple[bool, bool]:
        """Fold what is read, at most about `room` task rows; (is all folded but what waits, does nothing wait)."""
        full, clear = True, True
        for region in self.ordered():
            left = room - world.changes.rows
            if left <= 0:
                return False, False
            if region.left or region.damaged or region.final:
                self._fold_one(region, left, turn, last_full)
            if region.blocked:
                clear = False
            elif region.left or not region.quiet:
                full = clear = False
        return full, clear

    def count_drops(self, world: World) -> None:
        """Take over the counters of what the processes could not write."""
        for region in self.regions.values():
            for reason, n in region.new_drops() if region.source is not None else ():
                name = events.Drop(reason).name.lower() if reason < len(events.Drop) else f"reason {reason}"
                process_id = region.source.process.id if region.source is not None else 0
                world.changes.drop(self.run, process_id, name, n, time.time_ns() // 1000)

    def forget(self, process_uid: int) -> list[Region]:
        """A process's regions, which leave; close them and remove their files when all is committed."""
        gone = self.by_process.pop(process_uid, [])
        for region in gone:
            self.regions.pop((region.journal, region.number), None)
        self._order = None if gone else self._order
        return gone

    def drained(self, process_uid: int) -> bool:
        """Whether everything a dead process wrote is read (after its death) and folded."""
        return all(region.final and region.quiet and not region.left for region in self.by_process.get(process_uid, ()))

    def _fold_one(self, region: Region, room: int, turn: int, last_full: int) -> None:
        source = region.source
        assert source is not None
        if region.damaged:
            stream.damaged(source, region.damaged)
            region.damaged, region.changed = 0, True
        stop = min(len(region.events), region.at + room)
        if region.blocked and last_full > region.blocked:
            source.accept = True
            at = stream.fold(source, region.events, region.at, min(stop, region.waiting_to))
            source.accept = False
            region.folded_to(at)
        at = stream.fold(source, region.events, region.at, stop)
        region.folded_to(at)
        if at < stop and not region.blocked:
            region.blocked, region.waiting_to = turn, len(region.events)

    def offsets(self, run_id: int) -> Iterator[tuple[Any, ...]]:
        """Rows of `journals` for the regions that moved."""
        for region in self.regions.values():
            if region.changed and region.source is not None:
                region.changed = False
                yield region.row(run_id)
