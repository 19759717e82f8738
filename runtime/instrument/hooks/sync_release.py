"""Releasing: told first, done then, so that nothing can come between the lock's being free and the return."""

from __future__ import annotations

from _thread import get_ident
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive
from procscope.runtime.instrument import grips, patches
from procscope.runtime.instrument.grips import GROUP, Grip
from procscope.runtime.journal import board_layout as layout

_RELEASED = layout.RELEASED
_TIMED_FIRST, _TIMED_EVERY = 64, 32


def leave(original: Any) -> Any:
    """SemLock.__exit__."""

    def __exit__(self: Any, *args: Any) -> Any:
        try:
            grip = self._procscope_grip
        except AttributeError:
            return original(self, *args)
        row = grip.row
        n = row.released + 1
        try:
            if row.depth == 1 and n < row.due and row.thread == get_ident():
                row.depth = 0
                row.released = n
                row.words[_RELEASED] = n
            else:
                _tell(grip)
        except BaseException:
            _struck(grip, row, n)
            raise
        return grip.give()

    return __exit__


def _give(self: Method) -> Any:
    grip = self._grip
    row = grip.row
    n = row.released + 1
    try:
        if row.depth == 1 and n < row.due and row.thread == get_ident():
            row.depth = 0
            row.released = n
            row.words[_RELEASED] = n
        else:
            _tell(grip)
    except BaseException:
        _struck(grip, row, n)
        raise
    return grip.give


class Method:
    """`release` of one semaphore: looking up how to call it tells the release, what is called is the standard method.

    So an error has the traceback that it has without us, and no handler can run between the two.
    """

    __slots__ = ("_grip",)
    __name__ = "release"

    def __init__(self, grip: Grip) -> None:
        self._grip = grip

    __call__ = property(_give)

    def __reduce__(self) -> Any:
        return getattr, (self._grip.semlock, "release")


def _tell(grip: Grip) -> None:
    """The release that follows at once, where it takes more than a count."""
    try:
        if not grip.silent:
            _count(grip)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _struck(grip: Grip, row: Any, n: int) -> None:
    """A handler raised before the release: it is done and counted all the same."""
    if row.depth > 0 and row.released < n:
        row.depth -= 1
        row.released = n
        row.words[_RELEASED] = n
    try:
        grip.give()
    except (AssertionError, ValueError):  # refused: what the handler raised goes on its way all the same
        return


def _count(grip: Grip) -> None:
    row = _mine(grip)
    if row is None or _will_fail(grip, row):
        return
    if row.depth > 0:
        row.depth -= 1
        row.released = n = row.released + 1
        row.words[_RELEASED] = n
        if not row.depth:
            row.due = n + 1 if n < _TIMED_FIRST else n + _TIMED_EVERY
            row.held(mono_ns() - row.words[layout.HELD_SINCE])
        return
    row.released += 1
    row.words[_RELEASED] = row.released
    row.foreign += 1
    row.words[layout.FOREIGN] = row.foreign
    row.words[layout.FLAGS] |= layout.FLAG_SIGNAL
    if grip.row is not row and grip.row.depth > 0:
        grip.row.depth = 0  # another thread's hold is over: its next acquisition is no second one


def _mine(grip: Grip) -> Any:
    """This thread's row; that of the thread which holds it here stays the grip's."""
    holder = grip.row
    if holder.thread == get_ident():
        return holder
    row = grips.row(grip)
    if holder.depth > 0:
        grip.row = holder
    return row


def _will_fail(grip: Grip, row: Any) -> bool:
    """Whether the semaphore refuses: an RLock of somebody else's, or one that is at its maximum."""
    semlock = grip.semlock
    if grip.kind == Primitive.RLOCK:
        return not semlock._is_mine()
    if semlock.maxvalue == 1:
        return not semlock._is_zero()
    try:
        return bool(semlock._get_value() >= semlock.maxvalue)
    except NotImplementedError:
        return False
