"""Writing: one journal a process, one region a thread.

A record is on its way to the file when the call returns: after that SIGKILL cannot lose it. Nothing here raises but
what Python itself throws in (KeyboardInterrupt, MemoryError); the next call goes on in a spare region then.
"""

from __future__ import annotations

import itertools
import os
from _thread import _local
from typing import TYPE_CHECKING, Any
from zlib import crc32

from procscope.runtime import events
from procscope.runtime.events import Drop, Kind
from procscope.runtime.journal import chunks, layout, plain
from procscope.runtime.journal.layout import MARK
from procscope.runtime.journal.segment import Identity
from procscope.runtime.journal.track import LITTLE, Track, in_file

if TYPE_CHECKING:
    from procscope.runtime.journal.board import Board

__all__ = ["Identity", "Journal", "Region"]

_KIND_OF = {kind_type: kind for kind, kind_type in events.RICH.items()}
_CHUNK_SUBMITTED = layout.CHUNK_SUBMITTED
_submitted, _ran, _arrived = layout.TASK_SUBMITTED.pack, layout.TASK_RAN.pack, layout.RESULT_ARRIVED.pack
_SUBMITTED_BODY, _RAN_BODY = layout.TASK_SUBMITTED.size - 8, layout.TASK_RAN.size - 8
_ARRIVED_BODY = layout.RESULT_ARRIVED.size - 8
_RAN_COMMIT, _ARRIVED_COMMIT = in_file(MARK | 64), in_file(MARK | 56)
_item, _ITEM_BODY = layout.ITEM_RAN.pack, layout.ITEM_RAN.size - 8
_clocks = layout.CLOCKS.pack_into
_SLOT, _LONG = layout.SLOT, layout.LONG
_SLOT_ITEM = layout.SLOT_ITEM.pack_into
_WAIT_REST, _WAIT_AT, _WAIT_REST_AT = layout.WAIT_REST.pack_into, layout.WAIT_AT, layout.WAIT_AT + 8


class Journal:
    """What one process states. Touches the disk only when a thread first has something to say."""

    def __init__(self, directory: str, identity: Identity, cap: int = 1 << 30) -> None:
        self.directory = directory
        self.identity = identity
        self.cap = cap
        self.id = os.urandom(16)
        self.opened = False
        self._threads = _local()
        self._numbers = itertools.count()
        self._free: list[Region] = []

    def region(self) -> Region:
        """This thread's region; never raises. A dead thread's region serves the next new thread."""
        try:
            return self._threads.region  # type: ignore[no-any-return]
        except AttributeError:
            pass
        region = self._threads.region = self._free.pop() if self._free else self.new_region()
        self._threads.lease = _Lease(self._free, region)
        if region.board is not None:
            region.board.join()
        return region

    def new_region(self) -> Region:
        """A region of its own for the calling thread."""
        self.opened = True
        return Region(self, next(self._numbers))


class _Lease:
    """Gives its region back when the thread that holds it ends.

    In a child of fork the parent's other threads end too: what they do is still true of the parent.
    """

    def __init__(self, free: list[Region], region: Region) -> None:
        self._free = free
        self._region = region
        self._pid = os.getpid()

    def __del__(self) -> None:
        try:
            self._give_back()
        except Exception:  # the region stays with a thread that is gone: the next one gets its own
            return

    def _give_back(self) -> None:
        region = self._region
        if region.board is not None:
            region.board.leave()
        if os.getpid() != self._pid:
            return
        region.slot_clear()
        region.wait_clear()
        self._free.append(region)


class Region(Track):
    """Where one thread writes. Times are monotonic ns; what UTF-8 cannot hold is kept escaped."""

    __slots__ = ("_spare", "_waits", "_where", "_where_size", "board", "unsaid")

    def __init__(self, journal: Journal, number: int) -> None:
        self._spare: Region | None = None
        self._waits = self._where_size = 0
        self._where = ""
        """The site that its page holds for what it waits for, of so many bytes."""
        self.board: Board | None = None
        """Where this thread counts what it does with primitives, once it touches one."""
        self.unsaid: events.Progressed | None = None
        """What the task of this thread said of its progress last, and no record tells yet."""
        super().__init__(journal, number)

    def task_submitted(
        self, at: int, pool: int, number: int, func: str, args: str = "", batch: int = -1, index: int = -1
    ) -> None:
        """See events.TaskSubmitted."""
        text = args.encode("utf-8", "backslashreplace")
        if self._busy or self._at + len(text) + 72 > self._end:
            region = self._elsewhere(len(text) + 72)
            return region.task_submitted(at, pool, number, func, args, batch, index) if region else None
        name = self._names.get(func) or self._intern(func)
        # What is written for every task is written without a call of `_write`, whose lines are repeated.
        self._busy = True
        where, words = self._at, self._words
        tail = _submitted(2, _SUBMITTED_BODY + len(text), at, pool, number, batch, index, name) + text
        end = where + 8 + len(tail)
        self._view[where + 8 : end] = tail
        size = (end - where + 7) & -8
        words[(where >> 2) + 1] = crc32(tail) if LITTLE else in_file(crc32(tail))
        words[where >> 2] = MARK | size if LITTLE else in_file(MARK | size)
        self._at = where + size
        self._busy = False

    def task_ran(
        self, pool: int, number: int, started: int, ended: int, outcome: int, thread: str = "", received: int = -1
    ) -> None:
        """See events.TaskRan; `received` is its bytes."""
        if self._busy or self._at + 64 > self._end:
            region = self._elsewhere(64)
            return region.task_ran(pool, number, started, ended, outcome, thread, received) if region else None
        name = (self._names.get(thread) or self._intern(thread)) if thread else 0
        self._busy = True
        at, words = self._at, self._words
        tail = _ran(3, _RAN_BODY, pool, number, started, ended, received, outcome, name)
        self._view[at + 8 : at + 64] = tail
        words[(at >> 2) + 1] = crc32(tail) if LITTLE else in_file(crc32(tail))
        words[at >> 2] = _RAN_COMMIT
        self._at = at + 64
        self._busy = False

    def result_arrived(self, at: int, pool: int, number: int, chunk: int, size: int) -> None:
        """See events.ResultArrived; `size` is its bytes."""
        if self._busy or self._at + 56 > self._end:
            region = self._elsewhere(56)
            return region.result_arrived(at, pool, number, chunk, size) if region else None
        self._busy = True
        where, words = self._at, self._words
        tail = _arrived(6, _ARRIVED_BODY, at, pool, number, chunk, size)
        self._view[where + 8 : where + 56] = tail
        words[(where >> 2) + 1] = crc32(tail) if LITTLE else in_file(crc32(tail))
        words[where >> 2] = _ARRIVED_COMMIT
        self._at = where + 56
        self._busy = False

    def chunk_submitted(self, at: int, pool: int, number: int, batch: int, base: int, size: int) -> None:
        """See events.ChunkSubmitted."""
        if self._busy or self._at + 72 > self._end:
            region = self._elsewhere(72)
            return region.chunk_submitted(at, pool, number, batch, base, size) if region else None
        self._write(_CHUNK_SUBMITTED.pack(4, _CHUNK_SUBMITTED.size - 8, at, pool, number, batch, base, size))

    def chunk_ran(self, event: events.ChunkRan) -> None:
        """See events.ChunkRan."""
        body = chunks.encode(event)
        if len(body) > layout.RECORD_MAX and len(event.slow) > 1:
            for half in chunks.halves(event):
                self.chunk_ran(half)
        elif region := self._with_room(len(body) + 24):
            name = (region._names.get(event.thread) or region._intern(event.thread)) if event.thread else 0
            region._write(layout.NAME.pack(Kind.CHUNK_RAN, 4 + len(body), name) + body)

    def item_ran(
        self, pool: int, number: int, chunk: int, first: int, started: int, ended: int, busy: int, bucket: int,
        thread: str = "", received: int = -1,
    ) -> None:  # fmt: skip
        """`chunk_ran` of a chunk whose only item succeeded, after `busy` ns that fall into `bucket`."""
        region = self._with_room(_ITEM_BODY + 40)
        if region is None:
            return
        name = (region._names.get(thread) or region._intern(thread)) if thread else 0
        region._write(
            _item(
                5, _ITEM_BODY, name, pool, number, chunk, first, 1, 0, 0, started, ended, busy, received, 1, 1, 0,
                bucket, 1,
            )
        )  # fmt: skip

    def rich(self, event: Any) -> None:
        """Any event of events.RICH."""
        body = plain.dumps(event).encode("ascii")
        if len(body) > layout.RECORD_MAX:
            self.drop(Drop.TOO_LARGE)
        elif region := self._with_room(len(body) + 24):
            region._write(layout.TAIL.pack(_KIND_OF[type(event)], len(body)) + body)

    def slot_begin(self, pool: int, number: int, chunk: int, started: int, args: str = "") -> None:
        """This thread now runs task `number` of `pool`, or chunk `chunk` of it."""
        slot = self._slot
        length = 0
        if args:
            text = args.encode("utf-8", "backslashreplace")[: layout.SLOT_TEXT_MAX]
            length = len(text)
            slot[578 : 578 + length] = text
        _SLOT.pack_into(slot, 520, pool, number, chunk, started, -1, started, -1, length)
        _LONG.pack_into(slot, 512, 1)

    def slot_item(self, offset: int, started: int) -> None:
        """The item at `offset` of the current chunk begins."""
        _SLOT_ITEM(self._slot, 552, offset, started)

    def slot_words(self) -> memoryview:
        """The slot's page as 64-bit words: `slot_item` without a call, for as long as a chunk runs.

        Assign the offset to word layout.SLOT_OFFSET and the start to word layout.SLOT_STARTED, in that order.
        """
        return self._slot[: layout.PAGE].cast("q")

    def slot_args(self, args: str) -> None:
        """The preview of the current item."""
        slot = self._slot
        text = args.encode("utf-8", "backslashreplace")[: layout.SLOT_TEXT_MAX]
        layout.SLOT_ARGS.pack_into(slot, 568, -2, 0)
        slot[578 : 578 + len(text)] = text
        layout.SLOT_ARGS.pack_into(slot, 568, _offset(slot), len(text))

    def clocks(self, busy: int, idle: int, sending: int, receiving: int, since: int, calls: int) -> None:
        """What this worker's thread spent so far (ns), since when it waits for a call, how many it has served."""
        _clocks(self._slot, 2048, busy, idle, sending, receiving, since, calls)

    def slot_now(self) -> tuple[int, int, int, int] | None:
        """(pool, number, chunk, offset) of what this thread is at, None while it is idle."""
        if not _LONG.unpack_from(self._slot, 512)[0]:
            return None
        pool, number, chunk, _, offset = _SLOT.unpack_from(self._slot, 520)[:5]
        return pool, number, chunk, offset

    def slot_started(self) -> int:
        """When what `slot_now` names began; of an item of a chunk perhaps a millisecond before that."""
        return int(_SLOT.unpack_from(self._slot, 520)[5])

    def progress(self, said: events.Progressed) -> None:
        """The task that `slot_now` names is so far."""
        *task, done, total, text = said
        slot, at = self._slot, layout.PROGRESS_AT
        told = text.encode("utf-8", "backslashreplace")[: layout.PROGRESS_TEXT_MAX]
        version = (_LONG.unpack_from(slot, at)[0] | 1) & (1 << 62) - 1
        _LONG.pack_into(slot, at, version)
        slot[layout.PROGRESS_TEXT_AT : layout.PROGRESS_TEXT_AT + len(told)] = told
        layout.PROGRESS.pack_into(slot, at + 8, *task, done, total, len(told))
        _LONG.pack_into(slot, at, version + 1)
        self.unsaid = said

    def last_words(self, text: bytes) -> None:
        """The last that this thread wrote to standard error, at most layout.STDERR_MAX bytes."""
        text = text[-layout.STDERR_MAX :]
        self._slot[layout.STDERR_TEXT_AT : layout.STDERR_TEXT_AT + len(text)] = text
        layout.SHORT.pack_into(self._slot, layout.STDERR_AT, len(text))

    def slot_clear(self) -> None:
        """This thread is idle. The next task will write over the page: what this one said last becomes a record."""
        _LONG.pack_into(self._slot, 512, 0)
        if self.unsaid is not None:
            said, self.unsaid = self.unsaid, None
            self.rich(said)

    def wait_begin(self, uid: int, what: int, since: int, site: str = "") -> bool:
        """This thread waits for `uid`, a primitive or process (`what`: events.Wait). False inside another wait."""
        if self._waits:
            return False
        try:
            self._waits = uid or -1
            slot = self._slot
            if site is not self._where:
                self._where_told(slot, site)
            _WAIT_REST(slot, _WAIT_REST_AT, uid, what, self._where_size)
            _LONG.pack_into(slot, _WAIT_AT, since)
        except BaseException:
            self.wait_clear()
            raise
        return True

    def _where_told(self, slot: memoryview, site: str) -> None:
        text = site.encode("utf-8", "backslashreplace")[: layout.WAIT_TEXT_MAX]
        slot[layout.WAIT_TEXT_AT : layout.WAIT_TEXT_AT + len(text)] = text
        self._where, self._where_size = site, len(text)

    def wait_clear(self) -> None:
        """It waits for nothing."""
        _LONG.pack_into(self._slot, _WAIT_AT, 0)
        self._waits = 0

    def wait_off(self, uid: int) -> None:
        """Something raised, perhaps before it was known that the wait for `uid` was told: if it is, it is over."""
        if self._waits == uid:
            self.wait_clear()

    def _with_room(self, need: int) -> Region | None:
        if self._busy or self._at + need > self._end:
            return self._elsewhere(need)
        return self

    def _elsewhere(self, need: int) -> Region | None:
        """Where to write instead: the next segment, or a spare region inside (or after) a broken-off write of ours."""
        if not self._busy:
            return self if self._advance(need) else None
        if self._spare is None:
            self._spare = self._journal.new_region()
        return self._spare._with_room(need)


def _offset(slot: memoryview) -> int:
    return int(layout.SLOT_ITEM.unpack_from(slot, 552)[0])
