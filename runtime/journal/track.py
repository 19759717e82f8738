"""The file under a region: a run of segments, written one record at a time, no lock anywhere."""

from __future__ import annotations

import errno
import sys
from _thread import get_ident
from typing import TYPE_CHECKING
from zlib import crc32

from procscope.runtime import clock, thrown
from procscope.runtime.events import Drop
from procscope.runtime.journal import layout, segment
from procscope.runtime.journal.layout import MARK

if TYPE_CHECKING:
    from procscope.runtime.journal.mapping import Mapping
    from procscope.runtime.journal.writer import Journal

RETRY_AFTER = 500_000_000
_REST_FIRST = 2_000_000
_NAME_MAX = 512
_MARGIN = _NAME_MAX * 2 + 64
_WORD = layout.WORD
LITTLE = sys.byteorder == "little"


class Track:
    """Segments of one region. A track that cannot get a segment counts what it loses and tries again later."""

    __slots__ = (
        "_at", "_busy", "_drops", "_end", "_journal", "_mapping", "_names", "_rest", "_retry_at", "_seq", "_slot",
        "_view", "_why", "_words", "number",
    )  # fmt: skip

    def __init__(self, journal: Journal, number: int) -> None:
        self.number = number
        self._journal = journal
        self._seq = 0
        self._busy = False
        self._at = self._end = 0
        self._names: dict[str, int] = {}
        self._drops = [0] * 16
        self._retry_at = 0
        self._rest = _REST_FIRST
        self._why = Drop.NO_REGION
        self._mapping: Mapping | None = None
        self._view = self._slot = memoryview(bytearray(layout.PAGE))
        self._words = self._view.cast("I")
        self._advance(0)

    def drop(self, reason: int, n: int = 1) -> None:
        """Count `n` facts that were not written, by `events.Drop`."""
        self._drops[reason] += n
        layout.LONG.pack_into(self._view, layout.DROPS_AT + 8 * reason, self._drops[reason])

    def _write(self, tail: bytes) -> None:
        """Put one record down; the caller has made sure of the room. The commit word goes last, `_at` after it."""
        self._busy = True
        at, words = self._at, self._words
        end = at + 8 + len(tail)
        self._view[at + 8 : end] = tail
        size = (end - at + 7) & -8
        words[(at >> 2) + 1] = crc32(tail) if LITTLE else in_file(crc32(tail))
        words[at >> 2] = MARK | size if LITTLE else in_file(MARK | size)
        self._at = at + size
        self._busy = False

    def _intern(self, text: str) -> int:
        """A number for `text` in this segment; the margin every segment keeps has room for two names."""
        number = len(self._names) + 1
        body = text.encode("utf-8", "backslashreplace")[:_NAME_MAX]
        if self._at + 32 + len(body) > len(self._view):
            return 0
        self._write(layout.NAME.pack(1, 4 + len(body), number) + body)
        self._names[text] = number
        return number

    def _advance(self, need: int) -> bool:
        """Go on to a segment with room for `need` bytes; else count one lost fact and rest until the retry time."""
        now = clock.mono_ns()
        if now < self._retry_at:
            self.drop(self._why)
            return False
        self._busy = True
        try:
            fresh = self._create(need)
        except Exception as error:
            if thrown.by_program(error):
                raise
            self._without(now, why_not(error) if isinstance(error, OSError) else Drop.NO_REGION, need)
            return False
        finally:
            self._busy = False
        self._rest = _REST_FIRST
        self._take(fresh)
        return True

    def _without(self, now: int, why: Drop, need: int) -> None:
        """There is no next segment. Whatever it was, it may be over soon: the rest is short at first."""
        self._why = why
        self._retry_at = now + self._rest
        self._rest = min(self._rest * 4, RETRY_AFTER)
        if need:
            self.drop(why)

    def hurry(self) -> None:
        """These are the last words: do not rest before the next attempt."""
        self._retry_at = 0

    def _create(self, need: int) -> Mapping:
        journal = self._journal
        if self._seq and segment.spool_bytes(journal.directory) >= journal.cap:
            raise segment.SpoolFullError
        size = max(segment.size_of(self._seq), layout.PAGE + _MARGIN + (need + 4095 & -4096))
        return segment.create(
            journal.directory, journal.identity, segment.Place(journal.id, self.number, self._seq, get_ident()), size
        )

    def new_board(self, seq: int, size: int) -> memoryview:
        """A board of `size` bytes, see `board_layout`. Raises OSError where it cannot be had."""
        journal = self._journal
        if seq and segment.spool_bytes(journal.directory) >= journal.cap:
            raise segment.SpoolFullError
        place = segment.Place(journal.id, self.number, seq, get_ident())
        return segment.create_board(journal.directory, journal.identity, place, size).view

    def _take(self, fresh: Mapping) -> None:
        self._seq += 1
        old, old_view = self._mapping, self._view
        self._mapping, self._view, self._words = fresh, fresh.view, fresh.view.cast("I")
        layout.DROPS.pack_into(fresh.view, layout.DROPS_AT, *self._drops)
        self._names = {}
        self._at, self._end = layout.PAGE, len(fresh.view) - _MARGIN
        if old is None:
            fresh.view[layout.SLOT_AT : layout.SLOT_END] = self._slot[layout.SLOT_AT : layout.SLOT_END]
            self._slot = fresh.view
        else:
            _WORD.pack_into(old_view, layout.SEALED_AT, 1)
            if old_view is not self._slot:
                old.release()


def in_file(word: int) -> int:
    """A 32-bit word as it is assigned in the host's order, so that the file has it in its own."""
    return word if LITTLE else int.from_bytes(word.to_bytes(4, "little"), "big")


def why_not(error: OSError) -> Drop:
    """The reason to count a fact under when a file could not be had."""
    if isinstance(error, segment.SpoolFullError):
        return Drop.SPOOL_FULL
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Drop.DISK_FULL
    return Drop.NO_REGION
