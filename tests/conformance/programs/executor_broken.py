"""A worker that is gone breaks the executor: every future says so alike, uncaught at the end.

Its words are the library's.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def vanish() -> None:
    os._exit(1)


def main() -> None:
    executor = ProcessPoolExecutor(1, mp_context=context)
    print(executor.submit(abs, -1).result())
    futures: list[Any] = [executor.submit(vanish), executor.submit(abs, -2)]
    for future in futures:
        try:
            future.result(timeout=30)
        except BrokenProcessPool as error:
            print(error, type(error.__cause__).__name__)
    try:
        executor.submit(abs, -3)
    except BrokenProcessPool as error:
        print(error)
    executor.shutdown()
    with ProcessPoolExecutor(1, mp_context=context) as other:
        other.submit(os.kill, 0, 0).result()
        other.submit(vanish).result()


if __name__ == "__main__":
    main()
