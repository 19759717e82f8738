"""What this process says about the primitives it shares: rows on its threads' boards, and what a thread waits for."""

from __future__ import annotations

from zlib import crc32

from procscope.runtime.clock import mono_ns
from procscope.runtime.instrument import recorder
from procscope.runtime.instrument.calls import called, site
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal import plain
from procscope.runtime.journal.board import Board, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from procscope.runtime.journal.writer import Region

__all__ = ["Row", "born", "called", "row", "site", "uid_of", "wait_begin", "wait_over", "waiting"]

_boards: list[Board] = []


def row(uid: int, kind: int, made: str = "") -> Row:
    """This thread's row of primitive `uid` (`kind`: events.Primitive); `made` is where it was made, if known."""
    region = recorder.region()
    board = region.board
    if board is None:
        board = _open(region)
    found = board.rows.get(uid)
    if found is not None and found.thread:
        return found
    return board.row(uid, kind, made)


def _open(region: Region) -> Board:
    board = region.board = Board(region)
    _boards.append(board)
    return board


def _forked() -> None:
    """The rows that a parent handed out are its own."""
    for board in _boards:
        board.forked()
    _boards.clear()


recorder.after_fork.append(_forked)


def born(
    uid: int, kind: int, *, name: str = "", site: str = "", size: int = 0, owner: int = 0, role: str = ""
) -> Row:  # fmt: skip
    """This process made primitive `uid`, as `role` of primitive or pool `owner` (0: none). Again: told anew."""
    mine = row(uid, kind, site)
    words = mine.words
    if words[layout.FLAGS] & layout.FLAG_REST:
        return mine
    words[layout.OWNER] = owner
    words[layout.CREATED] = words[layout.CREATED] or mono_ns()
    words[layout.SIZE] = max(size, 0)
    words[layout.FLAGS] |= layout.FLAG_MADE_HERE
    words[layout.BORN] = mine.text(plain.dumps([name[:100], site[:600], role[:60]]))
    return mine


def uid_of(name: str) -> int:
    """The uid of what has `name` on this host: the same in every process, 63 bits, never 0."""
    body = name.encode("utf-8", "backslashreplace")
    return (crc32(body[::-1]) & 0x7FFFFFFF) << 32 | crc32(body) or 1


def wait_begin(uid: int, what: int, where: str = "") -> bool:
    """This thread is about to block in `uid` (`events.Wait`). False if it says so already for something around it."""
    return recorder.region().wait_begin(uid, what, mono_ns(), where)


def wait_over(begun: bool) -> None:
    """Undo what `wait_begin` returned."""
    if begun:
        recorder.region().wait_clear()


class waiting:
    """`with waiting(uid, Wait.GET, site):` around a call that blocks."""

    __slots__ = ("_begun", "_uid", "_what", "_where")

    def __init__(self, uid: int, what: int, where: str = "") -> None:
        self._uid = uid
        self._what = what
        self._where = where

    def __enter__(self) -> None:
        self._begun = wait_begin(self._uid, self._what, self._where)

    def __exit__(self, *_: object) -> None:
        wait_over(self._begun)
