"""Lock and RLock between processes, recursion, and what release refuses.

Their methods go straight to C; a patch must too.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def count(lock: Any, number: Any) -> None:
    for _ in range(200):
        with lock:
            number.value += 1


def main() -> None:
    lock, number = context.Lock(), context.Value("i", 0, lock=False)
    children = [context.Process(target=count, args=(lock, number)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print(number.value, repr(lock), lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.05), repr(lock))
    lock.release()
    recursive = context.RLock()
    print(recursive.acquire(), recursive.acquire(), repr(recursive))
    with recursive as entered:
        print(entered)
    recursive.release()
    recursive.release()
    for wrong in (lock, recursive):
        try:
            wrong.release()
        except (ValueError, AssertionError) as error:
            print(type(error).__name__, error)
    try:
        lock.acquire(True, "soon")
    except TypeError as error:
        print(error)


if __name__ == "__main__":
    main()
