"""Event: made of a Condition and a semaphore, of which nothing is told; its waits and sets are told here."""

from __future__ import annotations

from typing import Any

from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, calls, grips, patches
from procscope.runtime.instrument.grips import GROUP, making
from procscope.runtime.instrument.hooks import sync_condition
from procscope.runtime.journal import board_layout as layout

_KIND = int(Primitive.EVENT)


def install(module: Any) -> None:
    """Patch Event."""
    patches.replace(GROUP, module.Event, "__init__", _init)
    patches.replace(GROUP, module.Event, "wait", _wait)
    patches.replace(GROUP, module.Event, "set", _set)
    patches.add(GROUP, module.Event, "__setstate__", _setstate)


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwds: Any) -> None:
        with making:
            original(self, *args, **kwds)
        try:
            _silence(self)
            if not making.depth:
                name, site = calls.called()
                boards.born(grips.uid(self._flag), _KIND, name=name, site=site)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__


def _setstate(self: Any, state: Any) -> None:
    """What unpickling does without it, and its parts are silent here too."""
    self.__dict__.update(state)
    try:
        _silence(self)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _silence(event: Any) -> None:
    sync_condition.silence(event._cond)
    grips.silence(event._flag)


def _row(event: Any) -> Any:
    """This thread's row of the event, None where it has none."""
    try:
        state = grips.of(getattr(event, "_flag", None))
        return boards.row(state.uid, _KIND) if state is not None else None
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _wait(original: Any) -> Any:
    def wait(self: Any, *args: Any, **kwds: Any) -> Any:
        row = _row(self)
        try:
            if row is None:
                return original(self, *args, **kwds)
            if _unset(self):
                with sync_condition.Waiting(row):
                    came = original(self, *args, **kwds)
            else:
                row.words[layout.CALLS] += 1
                came = original(self, *args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
        if came:
            row.words[layout.ACQUIRED] += 1
        return came

    return wait


def _set(original: Any) -> Any:
    def set(self: Any) -> Any:
        row = _row(self)
        if row is None:
            return original(self)
        row.words[layout.RELEASED] += 1
        begun = _someone_waits(self, row)
        try:
            return original(self)
        finally:
            _over(begun)

    return set


def _unset(event: Any) -> bool:
    try:
        return bool(event._flag._semlock._is_zero())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return False


def _someone_waits(event: Any, row: Any) -> bool:
    """One that was killed in wait() makes set() wait for ever."""
    try:
        if event._cond._sleeping_count._semlock._is_zero():
            return False
        return boards.wait_begin(row.uid, Wait.WAIT, calls.site())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return False


def _over(begun: bool) -> None:
    try:
        boards.wait_over(begun)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
