"""Executor.map with chunks and a timeout, as_completed, wait. Chunks are counted by us while they are mapped."""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, TimeoutError, as_completed, wait
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def odd(number: int) -> int:
    if number == 5:
        raise ValueError("five")
    return number + 1


def main() -> None:
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(odd, range(5))), list(executor.map(pow, [2, 3], [3, 2], chunksize=2)))
        results = executor.map(odd, range(4, 8), chunksize=3)
        try:
            print(next(results), list(results))
        except ValueError as error:
            print(error)
        futures = [executor.submit(odd, n) for n in range(6)]
        done, waiting = wait(futures, timeout=30, return_when=FIRST_EXCEPTION)
        print(any(future.exception() for future in done), len(done) + len(waiting))
        print(sorted(future.result() for future in as_completed(futures[:4], timeout=30)))
        try:
            list(executor.map(time.sleep, [0.6], timeout=0.05))
        except TimeoutError as error:
            print(type(error).__name__)
        try:
            executor.map(odd, [1], chunksize=0)
        except ValueError as error:
            print(error)


if __name__ == "__main__":
    main()
