"""Reading boards: the rows one thread keeps of what it shares with others, by pread; see `board_layout`.

A board is rewritten while it is read: a row seen half-written is seen whole at the next look. Nothing in it is trusted:
numbers of rows, places of texts and what the texts hold are checked against the file.
"""

from __future__ import annotations

import json
import os
import struct
from typing import NamedTuple

from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.reader import OPEN, Header, read_header

__all__ = ["Board", "Born", "Header", "born", "scan"]

_WORDS = struct.Struct(f"={layout.WORDS}Q")
_CELLS = struct.Struct(f"={layout.CELLS}I")
_WAITS_AT = layout.WORDS * 8
_HOLDS_AT = _WAITS_AT + layout.CELLS * 4

Words = tuple[int, ...]


class Born(NamedTuple):
    """What the maker of a primitive says about it; '' for what it does not say."""

    name: str = ""
    site: str = ""
    role: str = ""


def scan(directory: str) -> list[str]:
    """Paths of all boards in a run's directory, in no order; [] where there is none."""
    try:
        with os.scandir(directory) as entries:
            return [entry.path for entry in entries if layout.parse_board_name(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def words_of(row: bytes) -> Words:
    """The words of a row's bytes, in the order of `board_layout`."""
    return _WORDS.unpack_from(row)


def sketch_of(row: bytes, *, holds: bool) -> Words:
    """How many waits, or timed holds, fell into each cell."""
    return _CELLS.unpack_from(row, _HOLDS_AT if holds else _WAITS_AT)


def born(text: str) -> Born:
    """What a `born` text says, nothing where it makes no sense."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return Born()
    if not isinstance(told, list) or not all(isinstance(part, str) for part in told[:3]):
        return Born()
    return Born(*told[:3])


class Board:
    """One open board file. Not thread-safe."""

    def __init__(self, descriptor: int, header: Header) -> None:
        self._descriptor = descriptor
        self.header = header
        self._room = max(0, (os.fstat(descriptor).st_size - layout.ROWS_AT) // layout.ROW)

    @classmethod
    def open(cls, path: str) -> Board:
        """Raises JournalError where the file is not a board of ours, OSError where it cannot be opened."""
        descriptor = os.open(path, OPEN)
        try:
            return cls(descriptor, read_header(descriptor, path, layout.MAGIC, layout.VERSION))
        except BaseException:
            os.close(descriptor)
            raise

    def rows(self) -> bytes:
        """All rows handed out so far, one after the other, ROW bytes each."""
        table = os.pread(self._descriptor, layout.TABLE.size, layout.TABLE_AT)
        if len(table) < layout.TABLE.size:
            return b""
        room, used, _, _ = layout.TABLE.unpack(table)
        read = os.pread(self._descriptor, min(room, used, self._room, layout.ROWS_MOST) * layout.ROW, layout.ROWS_AT)
        return read[: len(read) // layout.ROW * layout.ROW]

    def text(self, place: int) -> str:
        """The text at `place` of this file, '' where there is none."""
        if place < layout.ROWS_AT:
            return ""
        body = os.pread(self._descriptor, layout.TEXT.size + layout.TEXT_MAX, min(place, 1 << 62))
        if len(body) < layout.TEXT.size:
            return ""
        (length,) = layout.TEXT.unpack_from(body)
        return body[layout.TEXT.size : layout.TEXT.size + length].decode("utf-8", "replace")

    def close(self) -> None:
        """Give the descriptor back; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
