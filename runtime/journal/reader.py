"""Reading: one segment's header, slot, drop counters and records, by pread.

A mapping would be cheaper, but a file cut short under it kills the reader with SIGBUS; a journal is untrusted.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple
from zlib import crc32

from procscope.runtime.clock import Anchor
from procscope.runtime.errors import JournalError
from procscope.runtime.events import Event
from procscope.runtime.journal import black_box, layout
from procscope.runtime.journal.layout import Header, Slot
from procscope.runtime.journal.records import Decoder

__all__ = ["Batch", "Header", "Segment", "Slot", "Waiting", "read_header", "scan"]

OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""How files of the spool are opened: never through a link, never waiting for a pipe's other end."""
_LARGEST = 64 * 1024 * 1024
_FIRST_READ = 4096
_NEXT_READ = 256 * 1024


class Batch(NamedTuple):
    """Events in order and the offset after each; `offset` is where to go on, `damaged` counts what was skipped."""

    events: list[Event]
    ends: list[int]
    offset: int
    damaged: int


def scan(directory: str) -> list[str]:
    """Paths of all segments in a run's directory, in no order; [] where there is none."""
    try:
        with os.scandir(directory) as entries:
            return [entry.path for entry in entries if layout.parse_segment_name(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []


class Waiting(NamedTuple):
    """A thread blocked since `since` (monotonic ns) in `what` (events.Wait, or a number nobody knows) on `uid`."""

    since: int
    uid: int
    what: int
    site: str


class Segment:
    """One open segment file. Not thread-safe."""

    def __init__(self, descriptor: int, header: Header) -> None:
        self._descriptor = descriptor
        self.header = header
        self._decoder = Decoder()
        self._named_to = layout.PAGE
        self._suspect = 0

    @classmethod
    def open(cls, path: str) -> Segment:
        """Raises JournalError where the file is not a segment of ours, OSError where it cannot be opened."""
        descriptor = os.open(path, OPEN)
        try:
            return cls(descriptor, read_header(descriptor, path, layout.MAGIC, layout.VERSION))
        except BaseException:
            os.close(descriptor)
            raise

    def close(self) -> None:
        """Give the descriptor back; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def sealed(self) -> bool:
        """Whether the writer has gone on to the next segment."""
        word = os.pread(self._descriptor, 4, layout.SEALED_AT)
        return len(word) == 4 and word != b"\0\0\0\0"

    def drops(self) -> tuple[int, ...]:
        """Facts not written since the region began, by events.Drop."""
        page = os.pread(self._descriptor, layout.DROPS.size, layout.DROPS_AT)
        return layout.DROPS.unpack(page) if len(page) == layout.DROPS.size else (0,) * 16

    def slot(self) -> Slot | None:
        """What the thread is doing, None while idle (or while being rewritten)."""
        return black_box.slot(self.page())

    def page(self) -> bytes:
        """What is rewritten in place, from layout.SLOT_AT on: for `black_box`."""
        return os.pread(self._descriptor, layout.SLOT_END - layout.SLOT_AT, layout.SLOT_AT)

    def wait(self) -> Waiting | None:
        """What the thread is blocked in, None for nothing (or while being rewritten)."""
        page = os.pread(self._descriptor, layout.WAIT.size + layout.WAIT_TEXT_MAX, layout.WAIT_AT)
        if len(page) < layout.WAIT.size or page[:8] == b"\0\0\0\0\0\0\0\0":
            return None
        since, uid, what, length = layout.WAIT.unpack_from(page)
        text = page[layout.WAIT.size : layout.WAIT.size + min(length, layout.WAIT_TEXT_MAX)]
        return Waiting(since, uid, what, text.decode("utf-8", "replace"))

    def read(self, offset: int, limit: int, *, final: bool = False) -> Batch:
        """At most `limit` events from `offset` (0 = the first record). `final`: nobody writes any more, so a hole
        is damage to step over and not a record to wait for."""
        at = max(offset, layout.PAGE)
        if at > self._named_to:
            self._learn_names(at)
        events: list[Event] = []
        ends: list[int] = []
        damaged, size = 0, _FIRST_READ
        while len(events) < limit:
            window = os.pread(self._descriptor, size, at)
            step = self._decoder.decode(window, limit - len(events), at, events, ends)
            if not step and len(window) == size < _NEXT_READ:
                size = _NEXT_READ
                continue
            if not step:
                step, skipped = self._skip(window, at, final)
                damaged += skipped
            if not step:
                break
            at += step
            size = min(_NEXT_READ, max(_FIRST_READ, 96 * (limit - len(events))))
        self._named_to = max(self._named_to, at)
        return Batch(events, ends, at, damaged + self._decoder.take_damage())

    def _learn_names(self, end: int) -> None:
        at = self._named_to
        while at < end:
            step = self._decoder.learn(os.pread(self._descriptor, min(_NEXT_READ, end - at), at))
            if not step:
                break
            at += step
        self._named_to = end

    def _skip(self, window: bytes, at: int, final: bool) -> tuple[int, int]:
        """(bytes to step over, records damaged): (0, 0) where the record at `at` may still be on its way."""
        blank = window[:4] in (b"", b"\0\0\0\0")
        if not final and (blank or self._suspect != at):
            self._suspect = at
            return 0, 0
        step = self._decoder.resync(window)
        # A record its process died in: it never returned, so nothing was lost.
        torn_tail = blank and step >= len(window) & -8
        return step, 0 if torn_tail else 1


def read_header(descriptor: int, path: str, magic: bytes, newest: int) -> Header:
    """Who wrote the open file. Raises JournalError where it is none of ours, or not of version `newest`."""
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode) or info.st_uid != os.geteuid():
        raise JournalError(f"{path} is not a regular file of this user: it is left alone")
    if info.st_size > _LARGEST:
        raise JournalError(f"{path} is larger than any segment: it is left alone")
    page = os.pread(descriptor, layout.PAGE, 0)
    if len(page) < layout.PAGE or page[:8] != magic:
        raise JournalError(f"{path} is no journal segment: its first bytes are not ours")
    _, version, crc = layout.PREAMBLE.unpack_from(page)
    fields = page[layout.FIELDS_AT : layout.FIELDS_END]
    if crc != crc32(fields):
        raise JournalError(f"{path} has a damaged header: its facts cannot be told apart")
    if version > newest:
        raise JournalError(f"{path} is of a later version ({version}): upgrade procscope to read it")
    if version < newest:
        raise JournalError(f"{path} is of an earlier version ({version}): the procscope that wrote it can read it")
    return _fields(fields)


def _fields(fields: bytes) -> Header:
    (journal, boot, run, process, parent, pool, ticks, wall, mono, size, thread, pid, region, seq, python) = (
        layout.FIELDS.unpack_from(fields)
    )
    return Header(
        journal.hex(), region, seq, run.rstrip(b"\0").decode("ascii", "replace"), process, parent, pool, pid, ticks,
        boot.hex(), (python >> 24, python >> 16 & 255, python >> 8 & 255), thread, Anchor(wall, mono), size,
    )  # fmt: skip
