"""Every refused call, and the frames between it and its error. A hook that is not hidden stands in each of them."""

from __future__ import annotations

import functools
import multiprocessing
import os
import pickle
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import shared_memory
from multiprocessing.pool import ThreadPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def frames(act: Any) -> None:
    try:
        act()
        print("no error")
    except BaseException as error:
        shown = traceback.extract_tb(error.__traceback__)[2:]
        print(type(error).__name__, [f"{os.path.basename(frame.filename)}:{frame.name}" for frame in shown])


def of_pools() -> None:
    pools: list[Any] = [ThreadPool(1), context.Pool(1)]
    for pool in pools:
        frames(pool.join)
        frames(lambda: pool.apply(int, ("x",)))  # noqa: B023
        frames(lambda: pool.map(int, ["x"]))  # noqa: B023
        frames(lambda: pool.map(int, 5))  # noqa: B023
        frames(lambda: pool.imap(int, [1], chunksize=0))  # noqa: B023
        frames(lambda: next(pool.imap(int, ["x"])))  # noqa: B023
        frames(lambda: pool.starmap(pow, [("a", "b")]))  # noqa: B023
        frames(lambda: pool.apply(sys.getrefcount, (threading.Lock(), 1)))  # noqa: B023
        pool.close()
        for name in ("apply", "map", "apply_async", "map_async", "imap", "imap_unordered", "starmap"):
            frames(functools.partial(getattr(pool, name), int, []))
        pool.join()


def of_executors() -> None:
    executors: list[Any] = [ThreadPoolExecutor(1), ProcessPoolExecutor(1, mp_context=context)]
    for executor in executors:
        frames(lambda: executor.submit())  # noqa: B023
        frames(executor.submit(int, "x").result)
        frames(lambda: list(executor.map(int, ["x"])))  # noqa: B023
        frames(lambda: executor.map(int, 5))  # noqa: B023
        slow: Any = executor.submit(time.sleep, 0.3)
        frames(lambda: slow.result(0.01))  # noqa: B023
        executor.shutdown()
        frames(lambda: slow.set_exception(KeyError()))  # noqa: B023
        frames(functools.partial(executor.submit, int))
    frames(lambda: ThreadPoolExecutor(0))
    wrong: Any = 3
    frames(lambda: ProcessPoolExecutor(1, mp_context=context, initializer=wrong))


def of_primitives() -> None:
    for lock in (context.Lock(), context.RLock(), context.BoundedSemaphore(1), context.Condition()):
        frames(lock.release)
        frames(lambda: pickle.dumps(lock))  # noqa: B023
    frames(context.Condition().wait)
    frames(context.Condition().notify)
    frames(lambda: context.Barrier(2).wait(0.01))
    frames(lambda: context.Lock(1))
    frames(lambda: context.Value("nothing"))


def of_channels() -> None:
    queue, joinable, simple = context.Queue(1), context.JoinableQueue(), context.SimpleQueue()
    frames(queue.get_nowait)
    frames(lambda: queue.get(timeout=0.01))
    frames(joinable.task_done)
    frames(lambda: simple.put(threading.Lock()))
    queue.put(1)
    frames(lambda: queue.put(2, timeout=0.01))
    queue.get()
    queue.close()
    frames(lambda: queue.put(1))
    frames(queue.get)
    simple.close()
    frames(simple.get)
    frames(lambda: simple.put(1))
    here, there = context.Pipe()
    frames(lambda: here.send(threading.Lock()))
    frames(lambda: here.send_bytes(b"a", 5))
    there.close()
    frames(here.recv)
    frames(lambda: here.send(1))
    here.close()
    frames(here.recv)
    frames(here.poll)


def of_the_rest() -> None:
    child = context.Process(target=int)
    frames(child.join)
    frames(lambda: context.Process(target=int, args=5))
    child.start()
    frames(child.start)
    child.join()
    child.close()
    frames(child.start)
    frames(child.is_alive)
    frames(lambda: shared_memory.SharedMemory("psm_nowhere"))
    frames(lambda: shared_memory.SharedMemory(create=True))
    with context.Manager() as server:
        table = server.dict()
        frames(lambda: table["x"])
        frames(lambda: server.list(5))
        frames(lambda: server.Queue().get_nowait())
        frames(server.Lock().release)
    frames(lambda: table["x"])
    frames(lambda: server.dict())


def main() -> None:
    for act in (of_pools, of_executors, of_primitives, of_channels, of_the_rest):
        print(act.__name__)
        act()


if __name__ == "__main__":
    main()
