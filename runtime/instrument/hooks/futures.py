"""What both executors share: map, shutdown, and futures that are cancelled or whose callbacks raise."""

from __future__ import annotations

import sys
import threading
from _thread import _local
from typing import Any

from procscope.runtime.instrument import facts, identity, patches, pools

GROUP = "futures"
_SIZED = (list, tuple, range, str, bytes, dict, set, frozenset)
_OVER = ("CANCELLED", "CANCELLED_AND_NOTIFIED")


class Batch:
    """One map call while it submits. `number` is ours: negative, so that it cannot be a work id."""

    __slots__ = ("fed", "number", "total")

    def __init__(self, number: int) -> None:
        self.number = number
        self.total = -1
        self.fed = 0

    def next(self, size: int) -> tuple[int, int]:
        """(index of the first item, number of items) of what is submitted now."""
        base = self.fed
        self.fed += size
        return base, size


class _Mapping(_local):
    """The batch that the current thread is submitting."""

    batch: Batch | None = None


mapping = _Mapping()


def install() -> None:
    """Patch Future.cancel and the logger that tells of callbacks."""
    from concurrent.futures import _base

    patches.replace(GROUP, _base.Future, "cancel", _cancel)
    _watch_logger(_base.LOGGER)


def mapped(group: str) -> Any:
    """A wrapper for an executor's map."""

    def make(original: Any) -> Any:
        def map(self: Any, fn: Any, *iterables: Any, **options: Any) -> Any:
            pool = vars(self).get("_procscope")
            if pool is None or mapping.batch is not None or group in patches.off:
                return original(self, fn, *iterables, **options)
            batch = _begun(group, pool, fn, iterables, options)
            try:
                result = original(self, fn, *iterables, **options)
            finally:
                mapping.batch = None
                _ended(group, pool, fn, batch, options)
            return result

        return map

    return make


def _chunksize(options: dict[str, Any]) -> int:
    size = options.get("chunksize", 1)
    return size if type(size) is int and size > 0 else 1


def _begun(group: str, pool: Any, fn: Any, iterables: tuple[Any, ...], options: dict[str, Any]) -> Batch | None:
    try:
        batch = Batch(next(pool.batches))
        sized = bool(iterables) and all(type(each) in _SIZED for each in iterables)
        total = min(len(each) for each in iterables) if sized else -1
        size = _chunksize(options) if pool.kind == "ProcessPoolExecutor" else 1
        facts.batch(pool.uid, batch.number, fn, "map", total, size)
        batch.total = total
        mapping.batch = batch
        return batch
    except Exception as error:
        if patches.fault(group, error):
            raise
        return None


def _ended(group: str, pool: Any, fn: Any, batch: Batch | None, options: dict[str, Any]) -> None:
    if batch is None or batch.total == batch.fed:
        return
    try:
        size = _chunksize(options) if pool.kind == "ProcessPoolExecutor" else 1
        facts.batch(pool.uid, batch.number, fn, "map", batch.fed, size)
    except Exception as error:
        if patches.fault(group, error):
            raise


def shut_down(group: str) -> Any:
    """A wrapper for an executor's shutdown."""

    def make(original: Any) -> Any:
        def shutdown(self: Any, wait: bool = True, *args: Any, **options: Any) -> None:
            pool = vars(self).get("_procscope")
            _now(group, pool, "closing")
            original(self, wait, *args, **options)
            if wait:
                _now(group, pool, "closed")

        return shutdown

    return make


def _now(group: str, pool: Any, state: str) -> None:
    try:
        if pool is not None:
            pool.now(state)
    except Exception as error:
        if patches.fault(group, error):
            raise


def _cancel(original: Any) -> Any:
    def cancel(self: Any) -> bool:
        task = vars(self).get("_procscope")
        if task is None or self._state in _OVER:
            return bool(original(self))
        done = bool(original(self))
        if done:
            caller = sys._getframe(1).f_code.co_name
            try:
                whole = caller in ("flag_executor_shutting_down", "shutdown")
                reason = "its executor was shut down with cancel_futures" if whole else "its future was cancelled"
                facts.dropped(task[0], task[1], facts.CANCELLED, reason)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
        return done

    return cancel


def _watch_logger(logger: Any) -> None:
    """The executors log what callbacks and initializers raise, and nobody reads it: so we read it first."""
    if hasattr(logger.exception, patches.MARK):
        return
    logger.exception = _logged(logger.exception, _callback_raised)
    logger.critical = _logged(logger.critical, _initializer_raised)


def _logged(original: Any, tell: Any) -> Any:
    def log(message: Any, *args: Any, **options: Any) -> None:
        try:
            error = sys.exc_info()[1]
            if error is not None and GROUP not in patches.off:
                tell(message, args, error, sys._getframe(1))
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise
        original(message, *args, **{**options, "stacklevel": options.get("stacklevel", 1) + 1})

    patches.dress(log, original.__func__)
    return log


def _callback_raised(message: Any, args: tuple[Any, ...], error: BaseException, _frame: Any) -> None:
    task = vars(args[0]).get("_procscope") if args and str(message).startswith("exception calling callback") else None
    if task is not None:
        facts.result_failed(task[0], task[1], "callback", error)


def _initializer_raised(message: Any, _args: tuple[Any, ...], error: BaseException, frame: Any) -> None:
    """In the worker's own loop, whose queue tells its pool. That of a thread calls it the work queue."""
    if not str(message).startswith("Exception in initializer"):
        return
    found = frame.f_locals
    queue, thread = found.get("call_queue"), ""
    if queue is None:
        queue, thread = found.get("work_queue"), threading.current_thread().name
    pool = pools.pool_of_queue(getattr(queue, "_procscope_queue", queue))
    uid = pool.uid if pool is not None else identity.me().pool
    if uid:
        facts.initializer_failed(uid, error, thread)
