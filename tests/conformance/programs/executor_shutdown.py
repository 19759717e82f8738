"""shutdown: with and without wait, cancel_futures, submit afterwards.

A wrapper that held futures kept the pool alive.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    executor = ProcessPoolExecutor(1, mp_context=context)
    futures = [executor.submit(time.sleep, 0.3) for _ in range(8)]
    while not futures[0].running():
        time.sleep(0.01)
    executor.shutdown(wait=True, cancel_futures=True)
    print(futures[0].result(), futures[-1].cancelled(), all(future.done() for future in futures))
    try:
        executor.submit(abs, 1)
    except RuntimeError as error:
        print(error)
    second = ProcessPoolExecutor(1, mp_context=context)
    future = second.submit(abs, -2)
    second.shutdown(wait=False)
    print(future.result(), len(multiprocessing.active_children()) <= 1)
    third = ProcessPoolExecutor(1, mp_context=context)
    third.submit(print, "at exit", flush=True)


if __name__ == "__main__":
    main()
