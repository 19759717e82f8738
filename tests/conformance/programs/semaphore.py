"""Semaphore and BoundedSemaphore: values, timeouts, one release too many, repr."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def take(semaphore: Any, told: Any) -> None:
    with semaphore:
        told.put(semaphore.acquire(timeout=0.05))


def main() -> None:
    semaphore = context.Semaphore(2)
    semaphore.acquire()
    told = context.SimpleQueue()
    child = context.Process(target=take, args=(semaphore, told))
    child.start()
    print(told.get(), child.join(), semaphore.get_value(), repr(semaphore))
    semaphore.release()
    semaphore.release()
    print(semaphore.get_value())
    bounded = context.BoundedSemaphore(1)
    try:
        bounded.release()
    except ValueError as error:
        print(error)
    print(repr(bounded), bounded.acquire(timeout=0), bounded.acquire(timeout=-1), bounded.acquire(False, 5))


if __name__ == "__main__":
    main()
