"""Pool: calls and batches on their way in, told before they are put on the queue."""

from __future__ import annotations

import sys
from _thread import _local
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from procscope.runtime.instrument import bundles, facts, patches

GROUP = "pool"
_SIZED = (list, tuple, range, str, bytes, dict, set, frozenset)


class _Call(_local):
    """The batch that the current thread is submitting: (func, method, total, chunksize)."""

    batch: tuple[Any, str, int, int] | None = None


_call = _Call()


class TaskQueue(SimpleQueue):  # type: ignore[type-arg]
    """What a pool's methods put their tasks on: a call of its own comes as a list of one task."""

    uid = 0

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Tell a call before it is put."""
        try:
            if item is not None and type(item[0]) is list:
                job, _, func, args, kwds = item[0][0]
                if GROUP not in patches.off and not (
                    type(func) in bundles.kinds and bundles.submitted(self.uid, job, func)
                ):
                    facts.submitted(self.uid, job, func, args, kwds)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        finally:  # an interrupt in our part must not leave a result that nobody works for
            _put(self, item)


_put = SimpleQueue.put


class Batch:
    """A batch whose total is not known yet, counted while it is fed. `size` is that of the chunk fed last."""

    __slots__ = ("chunksize", "func", "known", "method", "number", "pool", "size", "total")

    def __init__(self, pool: int, number: int, func: Any, method: str, total: int, chunksize: int) -> None:
        self.pool = pool
        self.number = number
        self.func = func
        self.method = method
        self.total = total
        self.chunksize = chunksize
        self.known = total >= 0
        self.size = 1
        self.tell()

    def tell(self) -> None:
        """Write what is known."""
        facts.batch(self.pool, self.number, self.func, self.method, self.total if self.known else -1, self.chunksize)


def install(module: Any) -> None:
    """Patch Pool's submitting methods and the results they make."""
    pool = module.Pool
    patches.replace(GROUP, pool, "_map_async", _map_async)
    patches.replace(GROUP, pool, "imap", _imap)
    patches.replace(GROUP, pool, "imap_unordered", _imap)
    patches.replace(GROUP, pool, "_guarded_task_generation", _guarded_task_generation)
    patches.replace(GROUP, module.MapResult, "__init__", _map_result)
    patches.replace(GROUP, module.IMapIterator, "__init__", _imap_iterator)


def _map_async(original: Any) -> Any:
    def _map_async(self: Any, func: Any, iterable: Any, mapper: Any, *args: Any, **options: Any) -> Any:
        try:
            _begun(func, "", None, 1)
            return original(self, func, iterable, mapper, *args, **options)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _call.batch = None

    return _map_async


def _begun(func: Any, method: str, iterable: Any, chunksize: Any) -> None:
    """The current thread submits a batch, by `method` or, where that is '', by its caller's caller."""
    try:
        if not method:
            caller = sys._getframe(2).f_code.co_name
            method = caller if caller in ("map", "map_async", "starmap", "starmap_async") else "map"
        _call.batch = (func, method, len(iterable) if type(iterable) in _SIZED else -1, chunksize)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _imap(original: Any) -> Any:
    method = original.__name__

    def imap(self: Any, func: Any, iterable: Any, chunksize: Any = 1) -> Any:
        try:
            _begun(func, method, iterable, chunksize)
            return original(self, func, iterable, chunksize)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _call.batch = None

    return imap


def _map_result(original: Any) -> Any:
    def __init__(self: Any, pool: Any, chunksize: Any, length: Any, callback: Any, error_callback: Any) -> None:
        original(self, pool, chunksize, length, callback, error_callback=error_callback)
        _opened(self, pool, length, chunksize)

    return __init__


def _imap_iterator(original: Any) -> Any:
    def __init__(self: Any, pool: Any) -> None:
        original(self, pool)
        _opened(self, pool, None, None)

    return __init__


def _opened(result: Any, pool: Any, length: Any, chunksize: Any) -> None:
    call = _call.batch
    if call is None:
        return
    _call.batch = None
    try:
        total = call[2] if length is None else length
        size = call[3] if chunksize is None else chunksize
        ours = vars(pool).get("_procscope")
        if ours is not None:  # a pool from before the observation has none
            result._procscope = Batch(ours.uid, result._job, call[0], call[1], total, size)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _guarded_task_generation(original: Any) -> Any:
    def _guarded_task_generation(self: Any, result_job: Any, func: Any, iterable: Any) -> Any:
        tasks = original(self, result_job, func, iterable)
        return _watched(tasks, self._cache, result_job, func)

    return _guarded_task_generation


def _watched(tasks: Iterator[Any], cache: Any, job: Any, func: Any) -> Iterator[Any]:
    try:
        batch = getattr(cache.get(job), "_procscope", None)
        if batch is not None and GROUP not in patches.off:
            return _fed(tasks, batch, func.__name__ in ("mapstar", "starmapstar"))
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
    return tasks


def _fed(tasks: Iterator[Any], batch: Batch, chunked: bool) -> Iterator[Any]:
    """The tasks of a batch, counted. In imap by one, the first is numbered False: equal to 0 for the standard library,
    and told by the worker from a call of its own, which is always numbered 0."""
    count = 0
    for task in tasks:
        batch.size = _items(task, chunked)
        count += batch.size
        yield task if task[1] else (task[0], False, *task[2:])
    if not batch.known:
        batch.total, batch.known = count, True
        try:
            batch.tell()
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _items(task: Any, chunked: bool) -> int:
    """How many items a task of a batch holds: the iterable's own exception, sent on as a task, is one."""
    try:
        holder = task[3][0]
        return len(holder[1]) if chunked and type(holder) is tuple else 1
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return 1
