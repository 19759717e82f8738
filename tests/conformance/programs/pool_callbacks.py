"""callback and error_callback, in order, in the pool's own thread. Called twice, or from elsewhere, it would show."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def odd(number: int) -> int:
    if number % 2:
        raise ValueError(number)
    return number


def main() -> None:
    heard: list[object] = []
    threads: set[str] = set()

    def good(value: object) -> None:
        heard.append(value)
        threads.add(threading.current_thread().name.rstrip("0123456789").split("-")[0])

    def bad(error: BaseException) -> None:
        heard.append(repr(error))

    with context.Pool(1) as pool:
        for number in range(4):
            pool.apply_async(odd, (number,), callback=good, error_callback=bad).wait(20)
        pool.map_async(odd, [0, 2], callback=good).wait(20)
        pool.map_async(odd, [1, 2], callback=good, error_callback=bad).wait(20)
        pool.close()
        pool.join()
    print(heard, threads)


if __name__ == "__main__":
    main()
