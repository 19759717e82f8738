"""The pools of this process, found by their queues: what a worker is handed, and what nothing else shares."""

from __future__ import annotations

import itertools
import os
import sys
from typing import Any
from weakref import WeakKeyDictionary

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import PoolOpened
from procscope.runtime.instrument import facts, identity, names

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__))
_SKIPPED = (_HERE, os.path.join(_STANDARD, "multiprocessing"), os.path.join(_STANDARD, "concurrent"))


class Pool:
    """A Pool or an Executor of this process."""

    __slots__ = ("batches", "kind", "state", "uid")

    def __init__(self, kind: str) -> None:
        self.uid = identity.new_uid()
        self.kind = kind
        self.state = "open"
        self.batches = itertools.count(-2, -1)

    def now(self, state: str, reason: str = "", culprits: tuple[int, ...] = ()) -> None:
        """Tell a change of state; the final ones stay."""
        if self.state in ("terminated", "broken", "closed", state):
            return
        self.state = state
        facts.pool_state(self.uid, state, reason, culprits)


_by_queue: WeakKeyDictionary[Any, Pool] = WeakKeyDictionary()
_counters: dict[str, itertools.count[int]] = {}


def opened(kind: str, queues: tuple[Any, ...], size: int, start_method: str, max_tasks: int, initializer: Any) -> Pool:
    """A pool that has just been made; its queues name it from now on. `max_tasks` is 0 where there is no limit."""
    pool = Pool(kind)
    for queue in queues:
        _by_queue[queue] = pool
    name = f"{kind}-{next(_counters.setdefault(kind, itertools.count(1)))}"
    called = names.of(initializer)[0] if initializer is not None else ""
    facts.rich(PoolOpened(mono_ns(), pool.uid, kind, size, name, start_method, max_tasks, called, _site()))
    return pool


def pool_of_queue(queue: Any) -> Pool | None:
    """The pool whose queue it is, in this process or in the one it was forked from."""
    try:
        return _by_queue.get(queue)
    except TypeError:
        return None


def thread_pool_class() -> Any:
    """multiprocessing.pool.ThreadPool, which must have been imported."""
    return sys.modules["multiprocessing.pool"].ThreadPool


def _site() -> str:
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_SKIPPED):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else ""
