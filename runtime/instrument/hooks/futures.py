"""What both executors share: map, shutdown, and futures that are cancelled or whose callbacks raise."""

from __future__ import annotations

import sys
from _thread import _local
from typing import Any

from procscope.runtime.instrument import facts, patches

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
    patches.replace(GROUP, _base.Future, "_invoke_callbacks", _invoke_callbacks)


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
        def shutdown(self: Any, wait: bool = True, **options: Any) -> None:
            pool = vars(self).get("_procscope")
            _now(group, pool, "closing")
            original(self, wait, **options)
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
                facts.dropped(*task, facts.CANCELLED, reason)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
        return done

    return cancel


def _invoke_callbacks(original: Any) -> Any:
    def _invoke_callbacks(self: Any) -> None:
        task = vars(self).get("_procscope")
        if task is None or not self._done_callbacks:
            return original(self)
        self._done_callbacks = [_watched(callback, task) for callback in self._done_callbacks]
        return original(self)

    return _invoke_callbacks


def _watched(callback: Any, task: tuple[int, int]) -> Any:
    """The standard library logs what a done-callback raises, and nobody reads it: so we look first."""

    def watched(future: Any) -> None:
        try:
            callback(future)
        except Exception as error:
            try:
                facts.result_failed(*task, "callback", error)
            except Exception as fault:
                if patches.fault(GROUP, fault):
                    raise
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise

    return watched
