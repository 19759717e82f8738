"""ThreadPoolExecutor at work: its queue tells what is submitted, its work items what becomes of it."""

from __future__ import annotations

import itertools
import sys
from contextvars import Context
from functools import partial
from queue import SimpleQueue
from types import BuiltinFunctionType
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import TaskFailed
from procscope.runtime.instrument import capture, facts, names, patches, plainly, pools, raised, recorder
from procscope.runtime.instrument.hooks import futures, waits

GROUP = "thread executor"


def install(module: Any) -> None:
    """Patch the rest of concurrent.futures.thread."""
    from concurrent.futures import _base

    futures.install()
    patches.replace(GROUP, _base.Executor, "map", futures.mapped(GROUP))
    patches.replace(GROUP, module.ThreadPoolExecutor, "shutdown", futures.shut_down(GROUP))
    patches.replace(GROUP, module.ThreadPoolExecutor, "_initializer_failed", _initializer_failed)
    patches.replace(GROUP, module._WorkItem, "run", _run)


def opened(executor: Any, initializer: Any) -> None:
    """An executor was made: from now on its queue numbers what is put."""
    if "_procscope" in vars(executor) or type(executor._work_queue) is not SimpleQueue:
        return
    queue = _Queue()
    kind = "InterpreterPoolExecutor" if _of_interpreters(executor) else "ThreadPoolExecutor"
    pool = pools.opened(kind, (queue,), executor._max_workers, "", 0, initializer)
    queue.pool = pool
    executor._work_queue = queue
    executor._procscope = pool


def _of_interpreters(executor: Any) -> bool:
    """From 3.14 on: threads that run each call in an interpreter of their own."""
    module = sys.modules.get("concurrent.futures.interpreter")
    return module is not None and isinstance(executor, module.InterpreterPoolExecutor)


class _Queue(SimpleQueue):  # type: ignore[type-arg]
    """The executor's queue; `pool` is set before anything is put."""

    pool: pools.Pool

    def __init__(self) -> None:
        self.numbers = itertools.count()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        try:
            if item is not None and GROUP not in patches.off:
                self._submitted(item)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        finally:  # an interrupt in our part must not leave a future that nobody works for
            super().put(item, block, timeout)

    def _submitted(self, item: Any) -> None:
        number = next(self.numbers)
        item.future._procscope = (self.pool.uid, number)
        waits.of_future(item.future)
        call = _call_of(item)
        batch = futures.submitting(self.pool, call[0])
        if batch is None:
            facts.submitted(self.pool.uid, number, *call)
        else:
            facts.submitted(self.pool.uid, number, *call, batch.number, batch.next(1)[0])


def _call_of(item: Any) -> tuple[Any, Any, Any]:
    """(function, args, kwds); from 3.14 they are one attribute. What asyncio.to_thread() runs in a copy of its
    context is the program's function."""
    func, args, kwds = (item.fn, item.args, item.kwargs) if hasattr(item, "fn") else item.task
    if type(func) is partial and type(func.func) is BuiltinFunctionType and type(func.func.__self__) is Context:
        return func.args[0], (*func.args[1:], *args), {**func.keywords, **kwds}
    return func, args, kwds


class _Future:
    """Stands in for a work item's future while it runs: tells the end before the result is set."""

    __slots__ = ("_call", "_future", "_started", "_task", "_thread")

    def __init__(self, future: Any, task: tuple[int, int], call: tuple[Any, Any, Any]) -> None:
        self._future = future
        self._task = task
        self._call: Any = call

    def set_running_or_notify_cancel(self) -> bool:
        if not self._future.set_running_or_notify_cancel():
            return False
        try:
            self._thread = plainly.thread_name()
            self._started = mono_ns()
            recorder.region().slot_begin(*self._task, -1, self._started)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return True

    def set_result(self, result: Any) -> None:
        self._over(None)
        self._future.set_result(result)

    def set_exception(self, exception: BaseException) -> None:
        self._over(exception)
        self._future.set_exception(exception)

    def _over(self, error: BaseException | None) -> None:
        try:
            region, now = recorder.region(), mono_ns()
            if error is not None:
                preview = ""
                if recorder.limits().preview:
                    preview = capture.call(self._call[1], self._call[2], names.of(self._call[0])[1])
                region.rich(TaskFailed(*self._task, -1, -1, self._started, now, preview, raised.of(error)))
            self._call = None
            outcome = facts.SUCCEEDED if error is None else facts.FAILED
            region.task_ran(*self._task, self._started, now, outcome, self._thread)
            region.slot_clear()
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._future, name)


def _watch(item: Any) -> None:
    """Put ourselves between a work item and its future."""
    try:
        future = item.future
        task = vars(future).get("_procscope") if GROUP not in patches.off else None
        if task is not None:
            item.future = _Future(future, task, _call_of(item))
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _run(original: Any) -> Any:
    def run(self: Any, *args: Any) -> None:
        _watch(self)
        # Up to 3.10 a traceback keeps its callers' frames: as the standard library, hold nothing that holds it.
        held = [self]
        del self
        original(held.pop(), *args)

    return run


def _initializer_failed(original: Any) -> Any:
    def _initializer_failed(self: Any, *args: Any) -> None:
        try:
            pool = vars(self).get("_procscope")
            if pool is not None:
                error = sys.exc_info()[1]  # the loop is still handling it
                what = f" {names.of_type(type(error))}: {raised.message(error)}" if error is not None else ""
                pool.now("broken", f"its initializer raised{what} in a thread")
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        original(self, *args)

    return _initializer_failed
