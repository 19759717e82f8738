"""The pools of this process, found by their queues: what a worker is handed, and what nothing else shares."""

from __future__ import annotations

import itertools
import os
import sys
from typing import Any
from weakref import ref

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import PoolOpened
from procscope.runtime.instrument import facts, identity, names, plainly, source, wires

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__))
_DEEPEST = 60
_SKIPPED = (
    _HERE,
    os.path.join(os.path.dirname(os.path.dirname(_HERE)), "__init__.py"),  # the face of the package
    os.path.join(_STANDARD, "multiprocessing"),
    os.path.join(_STANDARD, "concurrent"),
)


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


_by_queue: dict[int, tuple[ref[Any], Pool]] = {}
"""By the queue's id. A WeakKeyDictionary runs Python code when a queue goes, in which what a handler raises is lost."""
_counters: dict[str, itertools.count[int]] = {}


def opened(
    kind: str, queues: tuple[Any, ...], size: int, start_method: str, max_tasks: int, initializer: Any,
    called: str = "", unobserved: str = "",
) -> Pool:  # fmt: skip
    """A pool that has just been made; its queues name it from now on. `max_tasks` is 0 where there is no limit.

    `called` is the library that made a class of its own of that kind; pools are numbered by it.
    """
    pool = Pool(kind)
    for number in [number for number, (known, _) in list(_by_queue.items()) if known() is None]:
        _by_queue.pop(number, None)
    for queue in queues:
        _by_queue[id(queue)] = (ref(queue), pool)
    wires.made_for(pool.uid, queues)
    called = called or kind
    name = f"{called}-{next(_counters.setdefault(called, itertools.count(1)))}"
    start = names.of(initializer)[0] if initializer is not None else ""
    size, max_tasks = plainly.whole(size), plainly.whole(max_tasks)
    facts.rich(PoolOpened(mono_ns(), pool.uid, kind, size, name, start_method, max_tasks, start, _site(), unobserved))
    return pool


def pool_of_queue(queue: Any) -> Pool | None:
    """The pool whose queue it is, in this process or in the one it was forked from."""
    known = _by_queue.get(id(queue))
    return known[1] if known is not None and known[0]() is queue else None


def library(module: str) -> str:
    """'' for a class of the standard library, else the package that it comes from."""
    top = module.partition(".")[0]
    return "" if top in ("multiprocessing", "concurrent") else top


def _site() -> str:
    """Where the program made it: the innermost frame of its own files, else of whatever library did."""
    frame: Any = sys._getframe(1)
    first = ""
    for _ in range(_DEEPEST):
        if frame is None:
            break
        file = frame.f_code.co_filename
        if not file.startswith(_SKIPPED):
            if source.is_ours(file):
                return f"{file}:{frame.f_lineno}"
            first = first or f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return first
