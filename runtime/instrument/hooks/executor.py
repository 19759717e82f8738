"""ProcessPoolExecutor: what its owner does. The workers' side is in executor_worker."""

from __future__ import annotations

from functools import partial
from types import MethodType
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import TaskDropped
from procscope.runtime.instrument import bundles, facts, patches, pools, raised, recorder
from procscope.runtime.instrument.hooks import executor_worker, futures, waits
from procscope.runtime.instrument.queues import Arrivals

GROUP = "process executor"
_UNSENT = "its arguments could not be pickled"


def install(module: Any) -> None:
    """Patch concurrent.futures.process."""
    futures.install()
    patches.replace(GROUP, module.ProcessPoolExecutor, "__init__", _made(module._process_chunk))
    patches.replace(GROUP, module.ProcessPoolExecutor, "map", futures.mapped(GROUP))
    patches.replace(GROUP, module.ProcessPoolExecutor, "shutdown", futures.shut_down(GROUP))
    for name in ("terminate_workers", "kill_workers"):  # from 3.14 on
        if name in vars(module.ProcessPoolExecutor):
            patches.replace(GROUP, module.ProcessPoolExecutor, name, _workers_ended)
    manager = module._ExecutorManagerThread
    patches.replace(GROUP, manager, "run", _run)
    patches.replace(GROUP, manager, "process_result_item", _process_result_item)
    patches.replace(GROUP, manager, "terminate_broken", _terminate_broken)
    patches.replace(GROUP, module._SafeQueue, "_on_queue_feeder_error", _on_queue_feeder_error(module._CallItem))
    executor_worker.install(module)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded."""
    try:
        act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _made(process_chunk: Any) -> Any:
    def make(original: Any) -> Any:
        def __init__(self: Any, *args: Any, **options: Any) -> None:
            try:
                original(self, *args, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            if recorder.run:
                told(_open, self, process_chunk)

        return __init__

    return make


def _open(executor: Any, process_chunk: Any) -> None:
    if "_procscope" in vars(executor):
        return
    library = pools.library(process_chunk.__module__)
    context = executor._context if library else executor._mp_context
    pool = pools.opened(
        "ProcessPoolExecutor",
        (executor._call_queue, executor._result_queue),
        executor._max_workers,
        str(context.get_start_method(allow_none=False)),
        getattr(executor, "_max_tasks_per_child", None) or 0,
        executor._initializer,
        library,
    )
    executor._procscope = pool
    waits.of_executor(pool.uid, executor)
    ids = executor._work_ids
    get, put = (MethodType(patches.plain(type(ids), name), ids) for name in ("get", "put"))
    ids.get, ids.put = get, _put(pool, put, executor._pending_work_items, process_chunk)


def _workers_ended(original: Any) -> Any:
    """terminate_workers or kill_workers: what follows is deliberate."""

    def workers_ended(self: Any) -> Any:
        told(_now, self, "terminated", f"the program called {original.__name__}()")
        return original(self)

    return workers_ended


def _now(executor: Any, state: str, reason: str) -> None:
    pool = vars(executor).get("_procscope")
    if pool is not None:
        pool.now(state, reason)


def _put(pool: pools.Pool, inner: Any, pending: dict[int, Any], process_chunk: Any) -> Any:
    """Called under the executor's lock with each new work id; its work item is there already."""

    def put(number: int, *args: Any) -> None:
        try:
            if GROUP not in patches.off:
                _submitted(pool, number, pending[number], process_chunk)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        finally:  # an interrupt in our part must not leave a call that is pending and never queued
            inner(number, *args)

    return put


def _submitted(pool: pools.Pool, number: int, item: Any, process_chunk: Any) -> None:
    func = item.fn
    item.future._procscope = (pool.uid, number)
    waits.of_future(item.future)
    mapped = type(func) is partial and func.func is process_chunk
    batch = futures.submitting(pool, func.args[0]) if mapped else None
    if batch is not None:
        base, size = batch.next(len(item.args[0]))
        recorder.region().chunk_submitted(mono_ns(), pool.uid, number, batch.number, base, size)
    elif type(func) in bundles.kinds and bundles.submitted(pool.uid, number, func):
        pass
    else:
        facts.submitted(pool.uid, number, func, item.args, item.kwargs)


def _run(original: Any) -> Any:
    def run(self: Any) -> None:
        queue = self.call_queue
        told(_results_come, self)
        try:
            original(self)
        finally:
            told(_closed, queue, self)

    return run


def _results_come(manager: Any) -> None:
    pool = pools.pool_of_queue(manager.call_queue)
    if pool is not None:
        wakeup = getattr(manager, "thread_wakeup", None)
        others = [getattr(wakeup, name, None) for name in ("_reader", "_writer")]
        came = Arrivals(manager.result_queue, getattr(manager.call_queue, "_writer", None), *others)
        manager._procscope = (pool.uid, came)


def _closed(queue: Any, manager: Any) -> None:
    arriving = vars(manager).get("_procscope")
    if arriving is not None:
        arriving[1].over()
    pool = pools.pool_of_queue(queue)
    if pool is not None:
        pool.now("closed")


def _process_result_item(original: Any) -> Any:
    def process_result_item(self: Any, result_item: Any) -> Any:
        try:
            pool = vars(self).get("_procscope")
            if pool is not None and type(result_item) is not int and GROUP not in patches.off:
                recorder.region().result_arrived(mono_ns(), pool[0], result_item.work_id, -1, pool[1].size)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return original(self, result_item)

    return process_result_item


def _terminate_broken(original: Any) -> Any:
    def terminate_broken(self: Any, cause: Any) -> None:
        told(_broken, self, cause)
        original(self, cause)

    return terminate_broken


def _broken(manager: Any, cause: Any) -> None:
    """Who died is known now; in a moment the standard library will end the innocent as well."""
    from multiprocessing.connection import wait

    pool = pools.pool_of_queue(manager.call_queue)
    if pool is None:
        return
    workers = {process.sentinel: pid for pid, process in list(manager.processes.items())}
    culprits = tuple(sorted(workers[sentinel] for sentinel in wait(list(workers), 0)))
    reason = "a worker ended abruptly" if culprits else "a result could not be read"
    if isinstance(cause, BaseException):  # loky hands over the exception itself
        reason += f": {raised.message(cause)[:400]}" * (not culprits)
    elif cause:
        reason += f": {str(list(cause)[-1]).strip()[:400]}"
    pool.now("broken", reason, culprits)


def _on_queue_feeder_error(call_item: Any) -> Any:
    def make(original: Any) -> Any:
        def _on_queue_feeder_error(self: Any, e: BaseException, obj: Any) -> None:
            told(_unsent, self, obj, call_item, e)
            original(self, e, obj)

        return _on_queue_feeder_error

    return make


def _unsent(queue: Any, item: Any, call_item: Any, error: BaseException) -> None:
    pool = pools.pool_of_queue(queue)
    if pool is not None and isinstance(item, call_item):
        why = raised.of(error)
        facts.rich(TaskDropped(mono_ns(), pool.uid, item.work_id, facts.FAILED, _UNSENT, why))
