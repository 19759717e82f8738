"""Acquiring, which a program may do a million times a second.

Between the moment when the semaphore is ours and the return nothing is called: the interpreter runs signal handlers
only where something is, so one that raises leaves the lock as it would without us: acquired, if it came just then.
After a wait, where calls cannot be avoided, the lock is given back when one raises.
"""

from __future__ import annotations

from _thread import get_ident
from sys import _getframe
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, grips, patches, recorder
from procscope.runtime.instrument.grips import GROUP, Grip
from procscope.runtime.journal import board_layout as layout

_ACQUIRED, _SINCE = layout.ACQUIRED, layout.HELD_SINCE
_ACQUIRE = int(Wait.ACQUIRE)
_LOCK = int(Primitive.LOCK)


def enter(original: Any) -> Any:
    """SemLock.__enter__; most of it is that of `method` again, since a call would cost as much."""

    def __enter__(self: Any) -> Any:
        try:
            grip = self._procscope_grip
        except AttributeError:
            return original(self)
        try:
            row = grip.row
            easy = row.thread == get_ident() and not row.depth
            if easy:
                frame = _getframe(1)
                if frame.f_lasti != row.instruction or frame.f_code is not row.code:
                    grips.place(grip, row, frame)
                now = mono_ns()
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
            return original(self)
        try:
            if not easy:
                return _slowly(grip, original, (self,), {}, ()) if grip.hold is None else grip.hold()
            if grip.take(False):
                row.acquired = n = row.acquired + 1
                row.depth = 1
                words = row.words
                words[_ACQUIRED] = n
                words[_SINCE] = now
                return True
        except BaseException as error:
            if easy:
                _struck(grip, row, now)
            patches.hide(error)
            raise
        try:
            return _waiting(grip, row, now, original, (self,), {})
        except BaseException as error:
            patches.hide(error)
            raise

    return __enter__


def method(grip: Grip) -> Any:
    """`acquire` of one semaphore. It holds no reference to the object whose attribute it becomes."""
    take = grip.take

    def acquire(*args: Any, **kwds: Any) -> Any:
        try:
            row = grip.row
            easy = row.thread == get_ident() and not row.depth
            waits = not (args or kwds) or _may_wait(*args, **kwds)
            if easy:
                frame = _getframe(1)
                if frame.f_lasti != row.instruction or frame.f_code is not row.code:
                    grips.place(grip, row, frame)
                now = mono_ns()
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
            return take(*args, **kwds)
        try:
            if not easy:
                return _slowly(grip, take, args, kwds, args)
            got = take(False) if waits else take(*args, **kwds)
            if got:
                row.acquired = n = row.acquired + 1
                row.depth = 1
                words = row.words
                words[_ACQUIRED] = n
                words[_SINCE] = now
                return got
        except BaseException as error:
            if easy:
                _struck(grip, row, now)
            patches.hide(error)
            raise
        if not waits:
            return _missed(row, got)
        try:
            return _waiting(grip, row, now, take, args, kwds)
        except BaseException as error:
            patches.hide(error)
            raise

    return acquire


def _slowly(grip: Grip, take: Any, args: Any, kwds: Any, given: Any) -> Any:
    """For the first time in this thread, while it holds it already, or where nothing is told. `take(*args, **kwds)` is
    what would run without us, so that what it raises has the same frames; the program gave it `given` and `kwds`."""
    ready = None if grip.silent else _ready(grip, given, kwds)
    if ready is None:
        try:
            return take(*args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
    row, now, waits = ready
    try:
        got = grip.take(False) if waits else take(*args, **kwds)
        if got:
            _count(grip, row, now)
            return got
    except BaseException as error:
        _struck(grip, row, now)
        patches.hide(error)
        raise
    if not waits:
        return _missed(row, got)
    try:
        return _waiting(grip, row, now, take, args, kwds)
    except BaseException as error:
        patches.hide(error)
        raise


def _count(grip: Grip, row: Any, now: int) -> None:
    """Python 3.10 runs handlers where it jumps, too: there is no branch between the first change and the last."""
    depth = row.depth + 1 if grip.kind != _LOCK else 1
    row.words[_SINCE] = now if depth == 1 else row.words[_SINCE]
    row.acquired = n = row.acquired + 1
    row.words[_ACQUIRED] = n
    row.depth = depth


def _ready(grip: Grip, args: Any, kwds: Any) -> tuple[Any, int, bool] | None:
    """(this thread's row, the time, 0 where it is not needed, whether to try first); None where nothing is counted."""
    try:
        row = grip.row
        if row.thread != get_ident():
            row = grips.row(grip)
        if row is None:
            return None
        waits = not (args or kwds) or _may_wait(*args, **kwds)
        if row.depth and grip.kind != _LOCK:
            return row, 0, waits
        grips.place(grip, row, _getframe(3))
        return row, mono_ns(), waits
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _may_wait(block: Any = True, timeout: Any = None, *more: Any, **odd: Any) -> bool:
    """Whether such arguments are sound and say that acquire() may block."""
    sound = type(block) in (bool, int) and (timeout is None or type(timeout) in (int, float))
    return sound and bool(block) and not more and not odd


def _missed(row: Any, got: Any) -> Any:
    """It was not free, and the program does not wait."""
    row.words[layout.CONTENDED] += 1
    return got


def _waiting(grip: Grip, row: Any, now: int, take: Any, args: Any, kwds: Any) -> Any:
    """Block, and say so meanwhile."""
    begun = got = False
    try:
        begun = _begin(grip, row, now)
        got = take(*args, **kwds)
        if got:
            _count(grip, row, now)
        _over(grip, row, now, begun, got)
    except BaseException as error:
        _struck(grip, row, now)
        if got:
            _give_back(grip, row)
        recorder.region().wait_off(grip.uid)
        patches.hide(error)
        raise
    return got


def _begin(grip: Grip, row: Any, now: int) -> bool:
    try:
        row.words[layout.CONTENDED] += 1
        return not grip.quiet and recorder.region().wait_begin(grip.uid, _ACQUIRE, now or mono_ns(), row.where)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return False


def _over(grip: Grip, row: Any, now: int, begun: bool, got: bool) -> None:
    try:
        boards.wait_over(begun)
        ended = mono_ns()
        if got and row.depth == 1:
            row.words[_SINCE] = ended
            row.due = 0
        if not grip.quiet:
            row.waited(ended - now)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _give_back(grip: Grip, row: Any) -> None:
    """A handler raised after a wait: what was acquired, and will not be returned, is free again."""
    row.depth -= 1
    row.acquired = n = row.acquired - 1
    row.words[_ACQUIRED] = n
    grip.give()


def _struck(grip: Grip, row: Any, now: int) -> None:
    """Acquiring raised: where a handler did, just as it returned, the program has it all the same, and it counts."""
    if grip.semlock._is_mine() and grip.semlock._count() > row.depth:
        row.acquired = n = row.acquired + 1
        row.words[_ACQUIRED] = n
        row.words[_SINCE] = row.words[_SINCE] if row.depth else now
        row.depth += 1
