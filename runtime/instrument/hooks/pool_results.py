"""Pool: results on their way back, where something goes wrong with them."""

from __future__ import annotations

from _thread import get_ident
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import TaskDropped
from procscope.runtime.instrument import facts, patches, pools, raised, recorder
from procscope.runtime.instrument.queues import Arrivals

GROUP = "pool"
_UNSENT = "its arguments could not be pickled"
_callback_errors: set[int] = set()


def install(module: Any) -> None:
    """Patch _set of each kind of result."""
    for kind in (module.ApplyResult, module.MapResult, module.IMapIterator, module.IMapUnorderedIterator):
        patches.replace(GROUP, kind, "_set", _set)


def is_callback(error: BaseException) -> bool:
    """Whether a callback raised `error` and that was told already."""
    return id(error) in _callback_errors


def arriving(queue: Any, get: Any, cache: dict[int, Any]) -> tuple[Any, Any]:
    """(`get` of the thread that hands out results, which tells each before it is handed out; what to call at its end).

    Threads' results are there as soon as they are put: of them nothing is told.
    """
    try:
        pool = pools.pool_of_queue(queue)
        if pool is None or not hasattr(queue, "_reader"):
            return get, _nothing
        came = Arrivals(queue)
        return _got(get, cache, pool.uid, came), came.over
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return get, _nothing


def _nothing() -> None:
    """What is over was not begun."""


def _got(get: Any, cache: dict[int, Any], uid: int, came: Arrivals) -> Any:
    def got() -> Any:
        try:
            task = get()
        except BaseException as error:
            patches.hide(error)
            raise
        if task is None or GROUP in patches.off:
            return task
        try:
            job, place, _ = task
            # A call of its own is numbered 0, as is a map's first chunk; imap's first is False.
            if not place and place is not False and getattr(cache.get(job), "_procscope", None) is None:
                place = -1
            recorder.region().result_arrived(mono_ns(), uid, job, place, came.size)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return task

    return got


def _set(original: Any) -> Any:
    def _set(self: Any, i: int, obj: Any) -> None:
        if not obj[0]:
            _tell(_unsent, self, self._pool, i, obj[1])
        try:
            original(self, i, obj)
        except BaseException as error:
            _tell(_callback_raised, self, error)
            patches.hide(error)
            raise

    return _set


def _tell(act: Any, *args: Any) -> None:
    try:
        act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _unsent(result: Any, pool: Any, place: int, error: BaseException) -> None:
    """The task handler could not put a call, or one chunk of a batch."""
    if pool is None or pool._task_handler.ident != get_ident():
        return
    ours = vars(pool).get("_procscope")
    if ours is None:
        return
    batch = vars(result).get("_procscope")
    chunk, size = (-1, -1) if batch is None else (int(place), batch.size)
    why = raised.of(error)
    facts.rich(TaskDropped(mono_ns(), ours.uid, result._job, facts.FAILED, _UNSENT, why, chunk, size))


def _callback_raised(result: Any, error: BaseException) -> None:
    """It ends the thread that hands out results: no later result of this pool arrives."""
    _callback_errors.clear()
    _callback_errors.add(id(error))
    uid = getattr(getattr(result._pool, "_procscope", None), "uid", 0)
    if uid:
        facts.result_failed(uid, result._job, "callback", error, fatal=True)
