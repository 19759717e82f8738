"""Boards written by hand: primitives of processes that never ran a hook."""

from __future__ import annotations

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal import plain
from procscope.runtime.journal.board import Board, Row
from procscope.runtime.journal.writer import Region


def board_of(region: Region) -> Board:
    """The region's board."""
    board = region.board = region.board or Board(region)
    return board


def made(
    region: Region, uid: int, kind: Primitive, name: str = "", site: str = "", *, size: int = 0, owner: int = 0,
    role: str = "",
) -> Row:  # fmt: skip
    """A primitive made here."""
    row = board_of(region).row(uid, kind)
    row.words[layout.OWNER], row.words[layout.SIZE], row.words[layout.CREATED] = owner, size, mono_ns()
    row.words[layout.FLAGS] = layout.FLAG_MADE_HERE
    row.words[layout.BORN] = row.text(plain.dumps([name, site, role]))
    return row


def used(region: Region, uid: int, kind: Primitive = Primitive.LOCK) -> Row:
    """This thread's row of a primitive that another process made."""
    return board_of(region).row(uid, kind)


def take(row: Row, site: str = "/srv/job.py:20 in first") -> None:
    """Acquire it now, at `site`."""
    words = row.words
    words[layout.ACQUIRED] += 1
    words[layout.HELD_SINCE], words[layout.HELD_SITE] = mono_ns(), row.text(site)


def give(row: Row, *, foreign: bool = False) -> None:
    """Release it, or what another thread holds of it."""
    row.words[layout.RELEASED] += 1
    if foreign:
        row.words[layout.FOREIGN] += 1
