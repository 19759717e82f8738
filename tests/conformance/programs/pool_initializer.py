"""initializer and initargs; state kept between tasks of one worker.

A wrapper that is pickled with it would fail there.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


state: list[int] = []


def prepare(*numbers: int) -> None:
    state.extend(numbers)


def look(number: int) -> tuple[int, list[int]]:
    state.append(number)
    return number, list(state)


def main() -> None:
    with context.Pool(1, initializer=prepare, initargs=(10, 20)) as pool:
        print(pool.map(look, range(3), chunksize=1))
        pool.close()
        pool.join()
    print(state)
    try:
        context.Pool(1, initializer=1)
    except TypeError as error:
        print(error)


if __name__ == "__main__":
    main()
