"""Writing boards: rows of counters in shared memory, one board a thread, no lock anywhere.

Nothing here raises OSError: a row that cannot be had in a file is kept in memory, one lost fact is counted by reason,
and it moves into a file as soon as one can be made.
"""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING

from procscope.runtime import clock, thrown
from procscope.runtime.events import Drop
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.track import RETRY_AFTER, why_not

if TYPE_CHECKING:
    from types import CodeType

    from procscope.runtime.journal.track import Track

_TEXTS_MOST = 16384
_HOLDS_AT = layout.WORDS * 8 + layout.CELLS * 4


class Row:
    """This thread's share of one primitive. Assign what the words of `board_layout` say; 64 bits each, never negative.

    `thread` is the ident of the only thread that may write, 0 once that is over (it ended, or this is a child of fork):
    whoever keeps a row looks there first. `acquired`, `released`, `foreign` repeat their words: to read memory is slow.
    `depth` is how often the thread holds the primitive, `due` the release that is timed next; `code`, `instruction` and
    `where` are of the place that HELD_SITE tells.
    """

    __slots__ = (
        "acquired", "board", "code", "depth", "due", "foreign", "holds", "instruction", "kind", "released", "thread",
        "uid", "waits", "where", "words",
    )  # fmt: skip

    def __init__(self, board: Board, uid: int, kind: int, memory: memoryview) -> None:
        self.board = board
        self.uid = uid
        self.kind = kind
        self.thread = board.thread
        self.acquired = self.released = self.foreign = self.depth = self.due = 0
        self.code: CodeType | None = None
        self.instruction = -1
        self.where = ""
        self._lie_in(memory)

    def _lie_in(self, memory: memoryview) -> None:
        self.words = memory[: layout.WORDS * 8].cast("Q")
        self.waits = memory[layout.WORDS * 8 : _HOLDS_AT].cast("I")
        self.holds = memory[_HOLDS_AT:].cast("I")

    def move(self, memory: memoryview) -> None:
        """From now on the row lies in `memory`, with what it holds so far; the uid last."""
        words, waits, holds = self.words, self.waits, self.holds
        self._lie_in(memory)
        self.waits[:], self.holds[:], self.words[1:] = waits, holds, words[1:]
        self.words[layout.UID] = words[layout.UID]

    def text(self, text: str) -> int:
        """The number of `text`, for a word that wants one; 0 where there is no room for it."""
        return self.board.text(text)

    def add(self, word: int, n: int = 1) -> None:
        """Add to a word."""
        self.words[word] += n

    def waited(self, nanoseconds: int) -> None:
        """One wait of so long is over."""
        self.words[layout.WAIT_NS] += nanoseconds
        self.waits[layout.cell(nanoseconds)] += 1

    def held(self, nanoseconds: int) -> None:
        """One timed hold of so long is over."""
        self.words[layout.HOLD_NS] += nanoseconds
        self.holds[layout.cell(nanoseconds)] += 1


class Board:
    """All rows of one region. Touches the disk when the first row is asked for."""

    def __init__(self, region: Track) -> None:
        self.rows: dict[int, Row] = {}
        self.thread = get_ident()
        self._region = region
        self._texts: dict[str, int] = {}
        self._seq = -1
        self._view = memoryview(b"")
        self._capacity = self._used = self._heap = self._heap_used = 0
        self._retry_at = 0
        self._homeless: list[Row] = []

    def row(self, uid: int, kind: int, site: str = "") -> Row:
        """The row of a primitive; `site` tells where it was made, if known. Past the cap, the row of the rest."""
        row = self.rows.get(uid)
        if row is None:
            rest = len(self.rows) >= layout.ROWS_MOST
            row = self._rest(kind, site) if rest else self._new(uid, kind)
        row.thread = self.thread
        return row

    def _rest(self, kind: int, site: str) -> Row:
        uid = layout.rest_uid(kind, site)
        row = self.rows.get(uid)
        if row is None:
            row = self._new(uid, kind)
            row.words[layout.FLAGS] = layout.FLAG_REST
        return row

    def _new(self, uid: int, kind: int) -> Row:
        memory = self._memory()
        row = Row(self, uid, kind, memory or memoryview(bytearray(layout.ROW)))
        row.words[layout.KIND] = kind
        row.words[layout.UID] = uid
        self.rows[uid] = row
        if memory is None:
            self._homeless.append(row)
        return row

    def text(self, text: str) -> int:
        """See `Row.text`."""
        number = self._texts.get(text)
        if number is None:
            body = text.encode("utf-8", "backslashreplace")[: layout.TEXT_MAX]
            number = self._put(body) if len(self._texts) < _TEXTS_MOST else 0
            if number:
                self._texts[text] = number
        return number

    def _put(self, body: bytes) -> int:
        need = layout.TEXT.size + len(body)
        if self._heap + self._heap_used + need > len(self._view) and not self._grow():
            return 0
        at = self._heap + self._heap_used
        self._view[at : at + need] = layout.TEXT.pack(len(body)) + body
        self._heap_used += need
        self._tell()
        return self._seq << 32 | at

    def join(self) -> None:
        """The calling thread writes here from now on."""
        self.thread = get_ident()

    def leave(self) -> None:
        """Its thread has ended: nobody may go on with rows that were handed out."""
        for row in list(self.rows.values()):
            row.thread = 0

    def forked(self) -> None:
        """This is a child of fork: the rows are its parent's, not even what is held may be given back there."""
        for row in list(self.rows.values()):
            row.thread = 0
            row.depth = -1

    def _memory(self) -> memoryview | None:
        """Room for one row, None while no file can be had."""
        if self._used >= self._capacity and not self._grow():
            return None
        at = layout.ROWS_AT + self._used * layout.ROW
        self._used += 1
        self._tell()
        return self._view[at : at + layout.ROW]

    def _tell(self) -> None:
        layout.TABLE.pack_into(
            self._view, layout.TABLE_AT, self._capacity, self._used, self._heap, self._heap_used
        )  # fmt: skip

    def _grow(self) -> bool:
        """Go on to a further file; else count a lost fact and rest until the retry time."""
        now = clock.mono_ns()
        if now < self._retry_at:
            return False
        capacity, size = layout.SIZES[min(self._seq + 1, len(layout.SIZES) - 1)]
        try:
            self._view = self._region.new_board(self._seq + 1, size)
        except Exception as error:
            if thrown.by_program(error):
                raise
            self._retry_at = now + RETRY_AFTER
            self._region.drop(why_not(error) if isinstance(error, OSError) else Drop.NO_REGION)
            return False
        self._seq += 1
        self._capacity, self._used = capacity, 0
        self._heap, self._heap_used = layout.ROWS_AT + capacity * layout.ROW, 0
        self._settle()
        return True

    def _settle(self) -> None:
        """Rows that had to wait in memory move in; those for which there is no room wait for the next file."""
        self._tell()
        while self._homeless and self._used < self._capacity - 1:
            memory = self._memory()
            if memory is not None:
                self._homeless.pop().move(memory)
