"""multiprocessing.pool: what its owner does. The workers' side is in pool_worker, results in pool_results."""

from __future__ import annotations

from queue import SimpleQueue
from typing import Any

from procscope.runtime.instrument import bare, facts, patches, pools
from procscope.runtime.instrument.hooks import pool_results, pool_submit, pool_worker, threads, waits

GROUP = "pool"


def install(module: Any) -> None:
    """Patch multiprocessing.pool."""
    pool = module.Pool
    patches.replace(GROUP, pool, "_repopulate_pool", _repopulate_pool(module))
    patches.replace(GROUP, pool, "close", _closing)
    patches.replace(GROUP, pool, "join", _joined)
    patches.replace(GROUP, pool, "_terminate_pool", _terminate_pool)
    patches.replace(GROUP, pool, "_handle_tasks", _handle_tasks)
    patches.replace(GROUP, pool, "_handle_results", _handle_results)
    pool_submit.install(module)
    pool_results.install(module)
    pool_worker.install(module)
    waits.of_results(module)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded."""
    try:
        act(*args)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def _repopulate_pool(module: Any) -> Any:
    def make(original: Any) -> Any:
        def _repopulate_pool(self: Any) -> Any:
            told(_open, self, module)
            try:
                return original(self)
            except BaseException as error:
                told(_now, self, "closed", "its workers could not be started")
                patches.hide(error)
                raise

        return _repopulate_pool

    return make


def _open(pool: Any, module: Any) -> None:
    if "_procscope" in vars(pool):
        return
    threads = isinstance(pool, module.ThreadPool)
    if type(pool._taskqueue) is not SimpleQueue:
        raise TypeError("a pool's task queue is not what it was")
    pool._procscope = ours = pools.opened(
        "ThreadPool" if threads else "Pool",
        (pool._inqueue, pool._outqueue),
        pool._processes,
        "" if threads else str(pool._ctx.get_start_method()),
        pool._maxtasksperchild or 0,
        pool._initializer,
        pools.library(module.__name__),
    )
    pool._taskqueue = queue = pool_submit.TaskQueue()
    queue.uid = ours.uid


def _now(pool: Any, state: str, reason: str = "") -> None:
    ours = vars(pool).get("_procscope")
    if ours is not None:
        ours.now(state, reason)


def _closing(original: Any) -> Any:
    def close(self: Any) -> Any:
        told(_now, self, "closing")
        return original(self)

    return close


def _joined(original: Any) -> Any:
    def join(self: Any) -> Any:
        try:
            result = original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        told(_now, self, "closed")
        return result

    return join


def _terminate_pool(original: Any) -> Any:
    def _terminate_pool(cls: Any, taskqueue: Any, inqueue: Any, *args: Any, **options: Any) -> Any:
        try:
            told(_terminated, inqueue)
        finally:  # once only: an interrupt in our part must not leave the workers behind
            ended = original(cls, taskqueue, inqueue, *args, **options)
        return ended

    return _terminate_pool


def _terminated(inqueue: Any) -> None:
    pool = pools.pool_of_queue(inqueue)
    if pool is not None:
        pool.now("terminated")


def _handle_tasks(original: Any) -> Any:
    def _handle_tasks(taskqueue: Any, put: Any, *args: Any) -> Any:
        told(_bare_end, put)
        try:
            return original(taskqueue, put, *args)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            told(_watched_end, put)

    return _handle_tasks


def _bare_end(put: Any) -> None:
    """Tasks are told before they are sent, by `put`, which is a method of the pipe's end."""
    if hasattr(end := getattr(put, "__self__", None), "_send_bytes"):
        bare.connection(end)


def _watched_end(put: Any) -> None:
    if hasattr(end := getattr(put, "__self__", None), "_send_bytes"):
        bare.undo(end)


def _handle_results(original: Any) -> Any:
    def _handle_results(outqueue: Any, get: Any, cache: Any) -> Any:
        seen, over = pool_results.arriving(outqueue, get, cache)
        try:
            return original(outqueue, seen, cache)
        except BaseException as error:
            told(_result_thread_died, outqueue, error)
            patches.hide(error)
            raise
        finally:
            told(over)

    return _handle_results


def _result_thread_died(outqueue: Any, error: BaseException) -> None:
    pool = pools.pool_of_queue(outqueue)
    threads.told(error)
    if pool is not None and not pool_results.is_callback(error):
        facts.result_failed(pool.uid, -1, "result", error, fatal=True)
