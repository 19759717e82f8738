"""Condition: its lock is a lock of its own, its three semaphores are nobody's business, its waits are told here."""

from __future__ import annotations

from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, calls, grips, patches
from procscope.runtime.instrument.grips import GROUP, making
from procscope.runtime.journal import board_layout as layout

_KIND = int(Primitive.CONDITION)
_SEMAPHORES = ("_sleeping_count", "_woken_count", "_wait_semaphore")


def install(module: Any) -> None:
    """Patch Condition."""
    patches.replace(GROUP, module.Condition, "__init__", _init)
    patches.replace(GROUP, module.Condition, "_make_methods", _make_methods)
    patches.replace(GROUP, module.Condition, "__enter__", _enter)
    patches.replace(GROUP, module.Condition, "wait", _wait)
    patches.replace(GROUP, module.Condition, "notify", _notify)


def silence(condition: Any) -> None:
    """It is a part of an Event or a Barrier: nothing of it is told."""
    state = grips.of(condition._wait_semaphore)
    if state is not None:
        state.quiet = True
    grips.silence(condition._lock)
    condition.acquire, condition.release = condition._lock.acquire, condition._lock.release


def uid(condition: Any) -> int:
    """The uid of a Condition, which is that of a semaphore in it; 0 where it has none."""
    return grips.uid(getattr(condition, "_wait_semaphore", None))


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwds: Any) -> None:
        with making:
            original(self, *args, **kwds)
        if making.depth:
            return
        try:
            _made(self)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__


def _made(condition: Any) -> None:
    number, lock = uid(condition), grips.of(condition._lock)
    name, site = calls.called()
    boards.born(number, _KIND, name=name, site=site)
    if lock is not None and not lock.told:
        grips.part(condition._lock, number, "lock", made_here=True, quiet=False)


def _make_methods(original: Any) -> Any:
    def _make_methods(self: Any) -> None:
        original(self)
        try:
            for name in _SEMAPHORES:
                grips.silence(getattr(self, name))
            if uid(self):
                self.acquire = _acquiring(self.acquire, grips.of(self._wait_semaphore))
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return _make_methods


def _acquiring(original: Any, state: Any) -> Any:
    """`acquire` of the lock, counted for the condition as well."""

    def acquire(*args: Any, **kwds: Any) -> Any:
        row = _row_of(state)
        try:
            got = original(*args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
        if got and row is not None:
            row.words[layout.ACQUIRED] += 1
        return got

    return acquire


def _enter(original: Any) -> Any:
    def __enter__(self: Any) -> Any:
        row = _row(self)
        if row is None:
            return original(self)
        try:
            got = original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        row.words[layout.ACQUIRED] += 1
        return got

    return __enter__


def _row(condition: Any) -> Any:
    """This thread's row of the condition, None if nothing is to be told of it."""
    try:
        return _row_of(condition._wait_semaphore._procscope_grip)
    except AttributeError:
        return None


def _row_of(state: Any) -> Any:
    try:
        return None if state is None or state.quiet else boards.row(state.uid, _KIND)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _owned(condition: Any) -> bool:
    """Whether wait and notify, which only the lock's holder may call, are not going to be refused."""
    try:
        return bool(condition._lock._semlock._is_mine())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return False


def _wait(original: Any) -> Any:
    def wait(self: Any, *args: Any, **kwds: Any) -> Any:
        row = _row(self) if _owned(self) else None
        try:
            if row is None:
                return original(self, *args, **kwds)
            with Waiting(row):
                return original(self, *args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise

    return wait


def _notify(original: Any) -> Any:
    def notify(self: Any, *args: Any, **kwds: Any) -> Any:
        row = _row(self) if _owned(self) else None
        if row is not None:
            row.words[layout.RELEASED] += 1
        try:
            return original(self, *args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise

    return notify


class Waiting:
    """Around a wait that blocks: told while it lasts, timed and counted when it is over."""

    __slots__ = ("_begun", "_row", "_since")

    def __init__(self, row: Any) -> None:
        self._row = row
        self._begun = False
        self._since = 0

    def __enter__(self) -> None:
        try:
            self._row.words[layout.CALLS] += 1
            self._row.words[layout.CONTENDED] += 1
            self._since = mono_ns()
            self._begun = boards.wait_begin(self._row.uid, Wait.WAIT, calls.site())
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    def __exit__(self, *_: object) -> None:
        try:
            boards.wait_over(self._begun)
            self._row.waited(mono_ns() - self._since)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
