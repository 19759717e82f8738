"""Who this process is in its run, and whom it is about to start.

A child's uid, its parent's and its pool's are decided by the parent before the child exists: a fork inherits them in
the forking thread's `starting`, spawn and forkserver children receive them with their preparation data.
"""

from __future__ import annotations

import itertools
import os
from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Birth:
    """What a process is told about itself. Uids are 63-bit, 0 for none; `args` is a preview."""

    __slots__ = ("args", "kind", "library", "name", "parent", "pool", "process", "start_method", "target")

    def __init__(
        self, process: int, parent: int = 0, pool: int = 0, kind: str = "process", name: str = "", target: str = "",
        args: str = "", start_method: str = "",
    ) -> None:  # fmt: skip
        self.process = process
        self.parent = parent
        self.pool = pool
        self.kind = kind
        self.name = name
        self.target = target
        self.args = args
        self.start_method = start_method
        self.library = ""  # whose own worker code it runs: only the parent tells

    def told(self) -> tuple[Any, ...]:
        """The constructor's arguments, as plain values."""
        return (
            self.process, self.parent, self.pool, self.kind, self.name, self.target, self.args, self.start_method,
        )  # fmt: skip


class _Starting(_local):
    """The birth of the child that this thread is starting."""

    birth: Birth | None = None


starting = _Starting()
_numbers = itertools.count(1)
_high = 0
_me: Birth | None = None


def new_uid() -> int:
    """A uid that no other process of the run hands out: 31 random bits of this process over a counter."""
    global _high
    if not _high:
        _high = (int.from_bytes(os.urandom(4), "little") & 0x7FFFFFFF or 1) << 32
    return _high | next(_numbers)


def me() -> Birth:
    """This process. One that nobody told who it is makes up its uid."""
    global _me
    if _me is None:
        _me = Birth(new_uid(), kind="")
    return _me


def become(birth: Birth | None) -> None:
    """From now on this process is `birth`; None to find out later."""
    global _me
    _me = birth


def forked() -> None:
    """In a child of fork: become what the parent decided, or an unannounced child of it."""
    global _high, _me
    announced = starting.birth
    parent = _me.process if _me else 0
    _high = 0
    starting.birth = None
    _me = announced or Birth(new_uid(), parent, kind="subprocess", name="fork", start_method="fork")
