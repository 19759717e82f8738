"""`from multiprocessing import …` before the observation begins.

Names taken then must be observed, or work as they did.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing import Pool, Process
from multiprocessing.pool import ThreadPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def work(number: int) -> int:
    return number * 3


def begin() -> None:
    """What `procscope.instrument()` does once a run is there; nothing where nobody observes."""
    key = os.environ.pop("LATE_RUN", "")
    if key:
        from procscope.runtime.instrument.boot import from_environment

        os.environ["PROCSCOPE_RUN"] = key
        from_environment()


def main() -> None:
    early = ThreadPool(1)
    lock, queue = context.Lock(), context.Queue()
    with lock, context.Pool(1) as before:
        print(before.apply(work, (1,)))
        begin()
        print(before.map(work, range(3)), early.map(work, [4]), lock.acquire(False))
    queue.put(5)
    print(queue.get())
    with Pool(1) as after, context.Pool(1) as same:
        print(after.map(work, [6]), same.apply(work, (7,)))
    child = Process(target=print, args=("child",))
    child.start()
    child.join()
    early.terminate()
    print(child.exitcode, lock.acquire(False))


if __name__ == "__main__":
    main()
