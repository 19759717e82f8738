"""imap and imap_unordered, next with a timeout, an error in the middle.

An iterator read ahead by us would skip items.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def half(number: int) -> float:
    if number == 3:
        raise ValueError(number)
    return number / 2


def slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def source() -> Any:
    yield from (1, 2)
    raise LookupError("the source ends")


def main() -> None:
    with context.Pool(2) as pool:
        results = pool.imap(half, range(6))
        for _ in range(6):
            try:
                print(next(results))
            except ValueError as error:
                print("raised", error)
        print(next(results, "over"), sorted(pool.imap_unordered(abs, [-3, 2, -1], chunksize=2)))
        late = pool.imap(slow, [0.5])
        try:
            late.next(timeout=0.01)
        except multiprocessing.TimeoutError:
            print("too early")
        print(late.next(timeout=20))
        try:
            print(list(pool.imap(half, source())))
        except LookupError as error:
            print(error)


if __name__ == "__main__":
    main()
