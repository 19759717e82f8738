"""The loop of a ProcessPoolExecutor's worker, watched through its queues."""

from __future__ import annotations

from functools import partial
from queue import Empty
from typing import Any

from procscope.runtime.events import Raised
from procscope.runtime.instrument import bundles, identity, patches, pools, raised, recorder, wires
from procscope.runtime.instrument.chunk import Chunk
from procscope.runtime.instrument.hooks import waits
from procscope.runtime.instrument.queues import Watched
from procscope.runtime.instrument.shift import Shift

GROUP = "process executor"


class _Worker:
    """The shift of this worker process, and what its current call raised: the standard loop keeps the text only."""

    shift: Shift | None = None
    raised: Raised | None = None


def install(module: Any) -> None:
    """Patch _process_worker of concurrent.futures.process."""
    patches.replace(GROUP, module._ExceptionWithTraceback, "__init__", _exception_with_traceback)
    patches.replace(GROUP, module, "_process_worker", _process_worker(module._process_chunk))


def _tell(act: Any, *args: Any) -> None:
    try:
        act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _process_worker(process_chunk: Any) -> Any:
    def make(original: Any) -> Any:
        def _process_worker(call_queue: Any, result_queue: Any, *args: Any, **options: Any) -> Any:
            watched = _watched(call_queue, result_queue, process_chunk)
            if watched is None:
                return original(call_queue, result_queue, *args, **options)
            _Worker.shift, taken, given = watched
            shift = watched[0]
            try:
                return original(taken, given, *args, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            finally:
                _Worker.shift = None
                _tell(shift.over)

        return _process_worker

    return make


def _watched(call_queue: Any, result_queue: Any, process_chunk: Any) -> tuple[Shift, Watched, Watched] | None:
    """What the loop gets in the place of its queues; None to leave it alone."""
    try:
        shift = _begun(call_queue)
        if shift is None:
            return None
        get = shift.passage.getting(call_queue, wires.words_in_a_pool(call_queue))
        put = shift.passage.putting(result_queue, wires.words_in_a_pool(result_queue))
        taken = Watched(call_queue, get=_get(shift, get, process_chunk))
        return shift, taken, Watched(result_queue, put=_put(shift, put))
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _begun(call_queue: Any) -> Shift | None:
    if not recorder.run or GROUP in patches.off:
        return None
    pool = pools.pool_of_queue(call_queue)
    uid = pool.uid if pool is not None else identity.me().pool
    if not uid:
        recorder.not_observed(GROUP, "a worker's pool was made before the observation began")
        return None
    waits.within(uid)
    shift = Shift(uid)
    _tell(shift.between)
    return shift


def _get(shift: Shift, inner: Any, process_chunk: Any) -> Any:
    def get(*args: Any, **options: Any) -> Any:
        try:
            item = inner(*args, **options)
        except BaseException as error:
            if issubclass(type(error), Empty):  # loky's workers leave when they have waited long enough
                shift.reason = "timeout"
            patches.hide(error)
            raise
        if item is None:
            shift.reason = "sentinel"
            return None
        try:
            func = item.fn
            if type(func) is partial and func.func is process_chunk:
                chunk = Chunk(shift.pool, item.work_id, -1, item.args[0], func.args[0], True)
                shift.begin_chunk(chunk)
                if len(item.args[0]) == 1:
                    chunk.alone()
                else:
                    item.args = (chunk.counted(),)
            elif type(func) in bundles.kinds:
                shift.begin_chunk(calls := bundles.taken(shift.pool, item.work_id, func))
                if len(calls.items) == 1:
                    calls.alone()
            else:
                shift.begin(item.work_id, func, item.args, item.kwargs)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return item

    return get


def _put(shift: Shift, inner: Any) -> Any:
    def put(message: Any) -> None:
        if shift.busy and type(message) is not int:
            try:
                _ended(shift, message)
            except Exception as fault:
                if patches.fault(GROUP, fault):
                    raise
            try:
                inner(message)
            except BaseException as error:
                _tell(shift.result_lost, error)
                patches.hide(error)
                raise
            try:
                return shift.sent()
            except Exception as fault:
                if patches.fault(GROUP, fault):
                    raise
        else:
            inner(message)

    return put


def _ended(shift: Shift, message: Any) -> None:
    if getattr(message, "exit_pid", None) is not None:
        shift.reason = "maxtasks"
    if message.exception is None:
        shift.succeeded()
    else:
        shift.failed(_Worker.raised or raised.of(message.exception.exc))
        _Worker.raised = None


def _exception_with_traceback(original: Any) -> Any:
    def __init__(self: Any, exc: BaseException, *tb: Any) -> None:
        shift = _Worker.shift
        if shift is not None and shift.busy:
            try:
                _Worker.raised = raised.of(exc, *tb)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
        original(self, exc, *tb)

    return __init__
