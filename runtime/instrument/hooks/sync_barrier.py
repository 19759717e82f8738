"""Barrier: a thread's barrier over a Condition that processes share, of which nothing is told."""

from __future__ import annotations

from typing import Any

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, calls, patches
from procscope.runtime.instrument.grips import GROUP, making
from procscope.runtime.instrument.hooks import sync_condition
from procscope.runtime.journal import board_layout as layout

_KIND = int(Primitive.BARRIER)


def install(module: Any) -> None:
    """Patch Barrier; its wait() is inherited from the one for threads, which stays as it is."""
    patches.replace(GROUP, module.Barrier, "__init__", _init)
    patches.replace(GROUP, module.Barrier, "__setstate__", _setstate)
    patches.add(GROUP, module.Barrier, "wait", _wait(module.Barrier.wait))


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwds: Any) -> None:
        with making:
            original(self, *args, **kwds)
        try:
            if not making.depth:
                name, site = calls.called()
                parties = self._parties if type(self._parties) is int else 0
                boards.born(sync_condition.uid(self._cond), _KIND, name=name, site=site, size=parties)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__


def _setstate(original: Any) -> Any:
    def __setstate__(self: Any, state: Any) -> None:
        original(self, state)
        try:
            sync_condition.silence(self._cond)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __setstate__


def _row(barrier: Any) -> Any:
    """This thread's row of the barrier, None where it has none."""
    try:
        number = sync_condition.uid(getattr(barrier, "_cond", None))
        return boards.row(number, _KIND) if number else None
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
            with sync_condition.Waiting(row):
                place = original(self, *args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
        row.words[layout.ACQUIRED] += 1
        return place

    return wait
