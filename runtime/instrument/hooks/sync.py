"""Locks and semaphores of multiprocessing: all are SemLocks, whose methods are bound anew in each process.

See `sync_acquire` and `sync_release` for what happens when they are used.
"""

from __future__ import annotations

import sys
from typing import Any

from procscope.runtime.instrument import boards, calls, grips, patches, recorder
from procscope.runtime.instrument.grips import GROUP, Grip, making
from procscope.runtime.instrument.hooks import sync_acquire, sync_barrier, sync_condition, sync_event, sync_release


def install(module: Any) -> None:
    """Patch the classes of `multiprocessing.synchronize`, or of a module like it."""
    if not recorder.limits().sync:
        recorder.not_observed(GROUP, "switched off by the setting sync")
        return
    patches.replace(GROUP, module.SemLock, "__init__", _init)
    patches.replace(GROUP, module.SemLock, "_make_methods", _make_methods)
    patches.replace(GROUP, module.SemLock, "__enter__", sync_acquire.enter)
    patches.replace(GROUP, module.SemLock, "__exit__", sync_release.leave)
    sync_condition.install(module)
    sync_event.install(module)
    sync_barrier.install(module)


def _make_methods(original: Any) -> Any:
    def _make_methods(self: Any) -> None:
        original(self)
        try:
            grip = Grip(self._semlock, grips.kind_of(self))
            self._procscope_grip = grip
            self.acquire, self.release = sync_acquire.method(grip), sync_release.Method(grip)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return _make_methods


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwds: Any) -> None:
        try:
            original(self, *args, **kwds)
        except BaseException as error:
            patches.hide(error)
            raise
        try:
            _made(self, args[1] if len(args) > 1 else 1)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__


def _made(lock: Any, value: Any) -> None:
    """Tell of a lock that the program made; one that a library made for its own use is told by whoever knows it."""
    grip = grips.of(lock)
    if grip is None:
        return
    if making.depth or _is_inner(sys._getframe(2)):
        grip.made = calls.site()
        return
    name, grip.made = calls.called()
    grip.told = True
    boards.born(grip.uid, grip.kind, name=name, site=grip.made, size=value if type(value) is int else 0)


def _is_inner(frame: Any) -> bool:
    """Whether multiprocessing made it for itself: past its constructors comes a frame of its own."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if not module.endswith((".synchronize", ".context")) and not module.startswith("procscope.runtime."):
            return calls.is_inner(module)
        frame = frame.f_back
    return False
