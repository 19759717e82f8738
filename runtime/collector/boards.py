"""The boards of one run: read every half second, compared byte by byte, so that only what changed is looked into.

A thousand processes with twenty rows each are 23 MB to read and compare. What a dead process leaves behind is read once
more and written with its end, in one transaction: the files go after it, and rows are sums that can be written twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from procscope.runtime.collector.board_file import BoardFile
from procscope.runtime.collector.fold import passing, primitives
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.primitives import LARGEST, Words
from procscope.runtime.collector.fold.standing import HOLDS, RESULT, WITHIN, Sight, Standing, wait_name
from procscope.runtime.collector.fold.state import Process, Run, World
from procscope.runtime.collector.shares import Shares
from procscope.runtime.collector.tail import Region
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.board_reader import Board, born

LOOK_EVERY = 0.4
SHARE = 15
"""A look may take one part in so many of the time to the next."""
_TOLD = (layout.KIND, layout.OWNER, layout.BORN, layout.SIZE)

Place = tuple[str, int, int]


class Boards:
    """`look` reads and folds them, `buried` those of a dead process for the last time; `over` are files to remove.

    `thread_of` tells the ident of the thread that writes a region (journal, number), 0 where that is not known.
    """

    def __init__(self, run: Run, thread_of: Callable[[str, int], int]) -> None:
        self._run = run
        self._thread_of = thread_of
        self._standing = Standing(run)
        self._shares = Shares()
        self._files: dict[Place, BoardFile] = {}
        self._of: dict[int, list[BoardFile]] = {}
        self._next = 0.0
        self.over: list[str] = []

    def knows(self, place: Place) -> bool:
        """Whether a board is followed already."""
        return place in self._files

    def add(self, path: str, board: Board, process: Process, delta: int) -> None:
        """Follow a further board."""
        file = BoardFile(path, board, process, delta)
        self._files[file.place] = file
        self._of.setdefault(process.uid, []).append(file)

    def look(self, world: World, regions: Iterable[Region], now: int, now_us: int) -> None:
        """Everything once, if it is time to; `now` is monotonic ns."""
        began = time.monotonic()
        if began < self._next:
            return
        for file in self._files.values():
            self._read(world, file, now)
        for region in regions:
            self._wait(region, now)
        self._standing.show(world, now)
        self._shares.write(world, now_us)
        self._next = began + max(LOOK_EVERY, SHARE * (time.monotonic() - began))

    def _read(self, world: World, file: BoardFile, now: int) -> None:
        for index, before, words in file.changes():
            uid = words[layout.UID]
            if 0 < uid <= LARGEST and before[layout.UID] in (0, uid):
                self._row(world, file, index, before, words, now)

    def _row(self, world: World, file: BoardFile, index: int, before: Words, words: Words, now: int) -> None:
        shared = primitives.row_changed(world, self._run, file.process, before, words)
        if shared is None:
            self._refuse(world, file, index, now)
            return
        if words[layout.BORN] and any(before[word] != words[word] for word in _TOLD):
            told = born(self._text(file, words[layout.BORN]))
            primitives.made(world, shared, file.process, file.delta, words, told)
        self._shares.changed(shared, file, index, first=not before[layout.UID])
        self._held(file, index, words, now)
        self._passing(file, index, words, now)

    def _passing(self, file: BoardFile, index: int, words: Words, now: int) -> None:
        if words[layout.KIND] in passing.CHANNELS:
            thread = self._thread_of(*file.place[:2]) or file.board.header.thread
            passing.see(self._standing, file, index, words, thread, self._text(file, words[layout.HELD_SITE]), now)

    def _refuse(self, world: World, file: BoardFile, index: int, now: int) -> None:
        if index not in file.refused:
            file.refused.add(index)
            world.changes.drop(self._run, file.process.id, "primitives", 1, (now + file.delta) // 1000)

    def _held(self, file: BoardFile, index: int, words: Words, now: int) -> None:
        place, process = (*file.place, index), file.process.id
        n = layout.held(words)
        if n <= 0 or words[layout.FLAGS] & layout.FLAG_REST:
            self._standing.over(process, place)
            return
        since = words[layout.HELD_SINCE]
        sight = Sight(
            words[layout.UID], process, self._thread_of(*file.place[:2]) or file.board.header.thread, HOLDS,
            (words[layout.ACQUIRED], since), (min(since or now, now) + file.delta) // 1000,
            self._text(file, words[layout.HELD_SITE]) or None, now, n,
        )  # fmt: skip
        self._standing.see(place, sight)

    def _text(self, file: BoardFile, number: int) -> str:
        """A text of the file's region: whichever of its boards it lies in."""
        there = self._files.get((*file.place[:2], number >> 32))
        return there.text(number & 0xFFFFFFFF) if number and there is not None else ""

    def _wait(self, region: Region, now: int) -> None:
        if region.source is None:
            return
        place, process, waiting = (region.journal, region.number), region.source.process.id, region.wait()
        what = wait_name(waiting.what) if waiting is not None else ""
        if waiting is not None and what == RESULT and _pool_at(region) == waiting.uid:
            what = WITHIN
        if waiting is None or not what:
            self._standing.over(process, place)
            return
        since_us, mark = region.source.us(min(waiting.since, now)), waiting[:3]
        sight = Sight(waiting.uid, process, region.thread, what, mark, since_us, waiting.site or None, now)
        self._standing.see(place, sight)

    def buried(self, world: World, process: Process, regions: Iterable[Region], now: int, at_us: int) -> None:
        """A process is dead, its state is known: what it left is read, written and over. `show` is to follow."""
        for region in regions:
            self._wait(region, now)
        files = self._of.pop(process.uid, [])
        for file in files:
            self._read(world, file, now)
            for index, words in file.rows():
                self._passing(file, index, words, now)
        self._shares.buried(world, process, at_us)
        self._standing.died(process.id, killed=process.state == "killed")
        for file in files:
            file.board.close()
            del self._files[file.place]
            self.over.append(file.path)

    def show(self, world: World, now: int) -> None:
        """Bring up to date who holds what and who waits."""
        self._standing.show(world, now)

    def sample(self, changes: Changes, at_s: int) -> list[int]:
        """Sample the channels in use; their ids."""
        return self._shares.sample(changes, at_s)

    def close(self) -> None:
        """Let go of all files."""
        for file in self._files.values():
            file.board.close()
        self._files.clear()


def _pool_at(region: Region) -> int:
    """The pool whose task the thread is at."""
    slot = region.slot()
    return slot.pool if slot is not None else 0
