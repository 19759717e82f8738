"""Ctrl-C shows where each worker was: reading the next task, waiting for the lock of who reads, or in the task.

A frame of ours in that traceback, or one of the standard library's that is missing, is what people would see first.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def work(x: int) -> int:
    return x


def sleep(x: int) -> int:
    time.sleep(60)
    return x


def named() -> None:
    """It is anybody's turn to wait for the lock: their tracebacks should not tell whose."""
    multiprocessing.current_process().name = "worker"


def asleep(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "S"


def settled(pids: Iterable[int]) -> None:
    """Each of them has been asleep for a while."""
    pids = list(pids)
    seen = 0
    while seen < 15:
        seen = seen + 1 if all(map(asleep, pids)) else 0
        time.sleep(0.02)


def waits_for_lock(pid: int) -> bool:
    with open(f"/proc/{pid}/wchan") as where:
        return "futex" in where.read()


def a_pool(size: int, call: str, *args: Any) -> None:
    pool = context.Pool(size, initializer=named)
    print(pool.map(work, range(6)))
    if call:
        getattr(pool, call)(*args)
    workers = list(pool._pool)
    settled(worker.pid for worker in workers)
    # One only: who gets the lock in the moment of its own interrupt loses it, bare as well.
    victim = next((worker for worker in workers if waits_for_lock(worker.pid)), workers[0])
    os.kill(victim.pid, signal.SIGINT)
    wait([victim.sentinel])
    while victim in pool._pool or len(pool._pool) < size:
        time.sleep(0.02)
    settled(worker.pid for worker in pool._pool)  # to terminate workers that only begin may hang, bare as well
    pool.terminate()
    pool.join()


def an_executor(*, busy: bool) -> None:
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        print(executor.submit(work, 1).result())
        given = executor.submit(sleep, 0) if busy else None
        settled(executor._processes)
        os.kill(next(iter(executor._processes)), signal.SIGINT)
        try:
            (given or executor.submit(work, 2)).result()
        except BaseException as error:
            print(type(error).__name__)


if __name__ == "__main__":
    a_pool(2, "")
    a_pool(1, "apply_async", sleep, (0,))
    a_pool(1, "map_async", sleep, [0, 1], 2)
    an_executor(busy=False)
    an_executor(busy=True)
