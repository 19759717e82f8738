"""What both executors share: map, shutdown, and futures that are cancelled or whose callbacks raise."""

from __future__ import annotations

import sys
from _thread import _local
from typing import Any

from procscope.runtime.instrument import facts, identity, patches, plainly, pools

GROUP = "futures"
_SIZED = (list, tuple, range, str, bytes, dict, set, frozenset)
_OVER = ("CANCELLED", "CANCELLED_AND_NOTIFIED")


class Batch:
    """One map call while it submits. `number` is ours: negative, so that it cannot be a work id."""

    __slots__ = ("fed", "func", "number", "pool", "total")

    def __init__(self, pool: Any, number: int, func: Any) -> None:
        self.pool = pool
        self.number = number
        self.func = func
        self.total = -1
        self.fed = 0

    def next(self, size: int) -> tuple[int, int]:
        """(index of the first item, number of items) of what is submitted now."""
        base = self.fed
        self.fed += size
        return base, size


class _Mapping(_local):
    """The batch that the current thread is submitting; in a worker forked meanwhile it is one of its parent's."""

    batch: Batch | None = None


_mapping = _Mapping()


def submitting(pool: Any, func: Any) -> Batch | None:
    """The batch of which a call of `func` that this thread submits to `pool` is an item, None for a call by itself.

    While a map submits, its iterable, or an executor that runs calls at once, may submit others.
    """
    batch = _mapping.batch
    return batch if batch is not None and batch.pool is pool and batch.func is func else None


def install() -> None:
    """Patch Future.cancel and the logger that tells of callbacks."""
    from concurrent.futures import _base

    patches.replace(GROUP, _base.Future, "cancel", _cancel)
    _watch_logger(_base.LOGGER)


def mapped(group: str) -> Any:
    """A wrapper for an executor's map."""

    def make(original: Any) -> Any:
        def map(self: Any, fn: Any, *iterables: Any, **options: Any) -> Any:
            batch = _begun(group, self, fn, iterables, options)
            before = _mapping.batch
            try:
                if batch is None:
                    return original(self, fn, *iterables, **options)
                _mapping.batch = batch
                return original(self, fn, *iterables, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            finally:
                if batch is not None:
                    _mapping.batch = before
                    _ended(group, batch, fn, options)

        return map

    return make


def _chunksize(options: dict[str, Any]) -> int:
    size = options.get("chunksize", 1)
    return size if type(size) is int and size > 0 else 1


def _begun(group: str, executor: Any, fn: Any, iterables: tuple[Any, ...], options: dict[str, Any]) -> Batch | None:
    try:
        pool = vars(executor).get("_procscope")
        outer = _mapping.batch  # ProcessPoolExecutor.map calls Executor.map
        if pool is None or (outer is not None and outer.pool is pool) or group in patches.off:
            return None
        batch = Batch(pool, next(pool.batches), fn)
        sized = bool(iterables) and all(type(each) in _SIZED for each in iterables)
        total = min(len(each) for each in iterables) if sized else -1
        size = _chunksize(options) if pool.kind == "ProcessPoolExecutor" else 1
        facts.batch(pool.uid, batch.number, fn, "map", total, size)
        batch.total = total
        return batch
    except Exception as error:
        if patches.fault(group, error):
            raise
        return None


def _ended(group: str, batch: Batch, fn: Any, options: dict[str, Any]) -> None:
    if batch.total == batch.fed:
        return
    try:
        size = _chunksize(options) if batch.pool.kind == "ProcessPoolExecutor" else 1
        facts.batch(batch.pool.uid, batch.number, fn, "map", batch.fed, size)
    except Exception as error:
        if patches.fault(group, error):
            raise


def shut_down(group: str) -> Any:
    """A wrapper for an executor's shutdown."""

    def make(original: Any) -> Any:
        def shutdown(self: Any, wait: bool = True, *args: Any, **options: Any) -> None:
            _now(group, self, "closing")
            original(self, wait, *args, **options)
            if wait:
                _now(group, self, "closed")

        return shutdown

    return make


def _now(group: str, executor: Any, state: str) -> None:
    try:
        pool = vars(executor).get("_procscope")
        if pool is not None:
            pool.now(state)
    except Exception as error:
        if patches.fault(group, error):
            raise


def _cancel(original: Any) -> Any:
    def cancel(self: Any) -> bool:
        over = self._state in _OVER
        done: bool = original(self)
        if done and not over:
            _cancelled(self)
        return done

    return cancel


def _cancelled(future: Any) -> None:
    try:
        task = vars(future).get("_procscope")
        if task is not None:
            whole = sys._getframe(2).f_code.co_name in ("flag_executor_shutting_down", "shutdown")
            reason = "its executor was shut down with cancel_futures" if whole else "its future was cancelled"
            facts.dropped(task[0], task[1], facts.CANCELLED, reason)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _watch_logger(logger: Any) -> None:
    """The executors log what callbacks and initializers raise, and nobody reads it: so we read it first."""
    if hasattr(logger.exception, patches.MARK):
        return
    logger.exception = _logged(logger.exception, _callback_raised)
    logger.critical = _logged(logger.critical, _initializer_raised)


def _logged(original: Any, tell: Any) -> Any:
    def log(message: Any, *args: Any, stacklevel: int = 1, **options: Any) -> None:
        try:
            error = sys.exc_info()[1]
            if error is not None and GROUP not in patches.off:
                tell(message, args, error, sys._getframe(1))
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise
        original(message, *args, stacklevel=stacklevel + 1, **options)

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
        queue, thread = found.get("work_queue"), plainly.thread_name()
    pool = pools.pool_of_queue(getattr(queue, "_procscope_queue", queue))
    uid = pool.uid if pool is not None else identity.me().pool
    if uid:
        facts.initializer_failed(uid, error, thread)
