"""One board that is followed: who writes it, and its rows as they were at the last look."""

from __future__ import annotations

from collections.abc import Iterator

from procscope.runtime.collector.fold.primitives import NOTHING, Words
from procscope.runtime.collector.fold.state import Process
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.board_reader import Board, sketch_of, words_of

_ROW = layout.ROW


class BoardFile:
    """`delta` turns its monotonic ns into wall ns; `place` is (journal, region, seq)."""

    __slots__ = ("_rows", "_texts", "board", "delta", "path", "place", "process", "refused")

    def __init__(self, path: str, board: Board, process: Process, delta: int) -> None:
        header = board.header
        self.path = path
        self.board = board
        self.process = process
        self.delta = delta
        self.place = (header.journal, header.region, header.seq)
        self.refused: set[int] = set()
        self._rows = b""
        self._texts: dict[int, str] = {}

    def changes(self) -> Iterator[tuple[int, Words, Words]]:
        """(index, words at the last look, words now) of each row that has changed since then."""
        rows, before = self.board.rows(), self._rows
        if rows == before:
            return
        self._rows = rows
        new, old = memoryview(rows), memoryview(before)
        for at in range(0, len(rows), _ROW):
            if new[at : at + _ROW] != old[at : at + _ROW]:
                was = words_of(before[at : at + _ROW]) if at < len(before) else NOTHING
                yield at // _ROW, was if was[layout.UID] else NOTHING, words_of(rows[at : at + _ROW])

    def rows(self) -> Iterator[tuple[int, Words]]:
        """(index, words) of every row as of the last look."""
        for at in range(0, len(self._rows), _ROW):
            yield at // _ROW, words_of(self._rows[at : at + _ROW])

    def share(self, index: int) -> tuple[Words, Words, Words]:
        """Words, waits and holds of a row as of the last look."""
        row = self._rows[index * _ROW : (index + 1) * _ROW]
        return words_of(row), sketch_of(row, holds=False), sketch_of(row, holds=True)

    def text(self, place: int) -> str:
        """The text at `place` of the file; a text never changes."""
        found = self._texts.get(place)
        if found is None:
            found = self._texts[place] = self.board.text(place)
        return found
