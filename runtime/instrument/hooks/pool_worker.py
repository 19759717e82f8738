"""The loop of a Pool's or ThreadPool's worker, watched through its queues."""

from __future__ import annotations

from typing import Any

from procscope.runtime.instrument import bundles, facts, identity, patches, plainly, pools, raised, recorder, wires
from procscope.runtime.instrument.chunk import Chunk
from procscope.runtime.instrument.hooks import threads
from procscope.runtime.instrument.queues import Watched
from procscope.runtime.instrument.shift import Shift

GROUP = "pool"


def install(module: Any) -> None:
    """Patch multiprocessing.pool.worker."""
    patches.replace(GROUP, module, "worker", _worker(module.mapstar, module.starmapstar))


def _worker(mapstar: Any, starmapstar: Any) -> Any:
    def make(original: Any) -> Any:
        def worker(inqueue: Any, outqueue: Any, initializer: Any = None, *args: Any, **options: Any) -> Any:
            watched = _watched(inqueue, outqueue, mapstar, starmapstar)
            if watched is None:
                return original(inqueue, outqueue, initializer, *args, **options)
            shift, taken, given = watched
            shift.reason = "maxtasks"
            try:
                return original(taken, given, initializer, *args, **options)
            except BaseException as error:
                _tell(_broke, shift, initializer, error)
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                raise
            finally:
                _tell(shift.over)

        return worker

    return make


def _watched(inqueue: Any, outqueue: Any, mapstar: Any, starmapstar: Any) -> tuple[Shift, Watched, Watched] | None:
    """What the loop gets in the place of its queues; None to leave it alone."""
    try:
        shift = _begun(inqueue)
        if shift is None:
            return None
        get = shift.passage.getting(inqueue, wires.words_in_a_pool(inqueue))
        put = shift.passage.putting(outqueue, wires.words_in_a_pool(outqueue))
        taken = Watched(inqueue, get=_get(shift, get, mapstar, starmapstar))
        return shift, taken, Watched(outqueue, put=_put(shift, put))
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _tell(act: Any, *args: Any) -> None:
    try:
        act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _begun(inqueue: Any) -> Shift | None:
    """None where this worker's pool is not known: then nothing is said about its tasks."""
    if not recorder.run or GROUP in patches.off:
        return None
    pool = pools.pool_of_queue(inqueue)
    uid = pool.uid if pool is not None else identity.me().pool
    if not uid:
        recorder.not_observed(GROUP, "a worker's pool was made before the observation began")
        return None
    if pool is not None and pool.kind == "ThreadPool":
        return Shift(uid, plainly.thread_name())
    shift = Shift(uid)
    _tell(shift.between)
    return shift


def _broke(shift: Shift, initializer: Any, error: BaseException) -> None:
    shift.reason = "exit" if shift.busy and issubclass(type(error), SystemExit) else "exception"
    if shift.thread:
        threads.told(error)
    if initializer is not None and shift.number < 0:
        shift.reason = "initializer"
        facts.initializer_failed(shift.pool, error, shift.thread)
    elif shift.busy and shift.thread:
        shift.failed(raised.of(error))  # the thread ends, the process lives: nobody else would tell


def _get(shift: Shift, inner: Any, mapstar: Any, starmapstar: Any) -> Any:
    def get() -> Any:
        try:
            task = inner()
        except BaseException as error:
            if issubclass(type(error), (EOFError, OSError)):
                shift.reason = "eof"
            patches.hide(error)
            raise
        if task is None:
            shift.reason = "sentinel"
            return None
        try:
            job, place, func, args, kwds = task
            if place or place is False or func is mapstar or func is starmapstar:
                return _taken_chunk(shift, task, func is starmapstar, func is mapstar or func is starmapstar)
            if type(func) in bundles.kinds:
                shift.begin_chunk(calls := bundles.taken(shift.pool, job, func))
                if len(calls.items) == 1:
                    calls.alone()
            else:
                shift.begin(job, func, args, kwds)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return task

    return get


def _taken_chunk(shift: Shift, task: Any, star: bool, several: bool) -> Any:
    job, place, func, args, kwds = task
    if several and len(args[0][1]) == 1:
        chunk = Chunk(shift.pool, job, int(place), args[0][1], args[0][0], star)
    elif several:
        chunk = Chunk(shift.pool, job, int(place), args[0][1], args[0][0], star)
        shift.begin_chunk(chunk)
        return job, place, func, ((args[0][0], chunk.counted()),), kwds
    else:
        chunk = Chunk(shift.pool, job, int(place), (args[0],), func, False)
    shift.begin_chunk(chunk)
    chunk.alone()
    return task


def _put(shift: Shift, inner: Any) -> Any:
    def put(message: Any) -> None:
        if not shift.busy:
            inner(message)
            return
        try:
            success, value = message[2]
            if success and type(value) not in bundles.failures:
                shift.succeeded()
            else:
                error = value if issubclass(type(value), BaseException) else value.exc
                shift.failed(raised.of(error))
                del error
            del value
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise
        try:
            inner(message)
        except Exception as error:
            _tell(shift.result_lost, error)
            patches.hide(error)
            raise
        try:
            shift.sent()
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise

    return put
