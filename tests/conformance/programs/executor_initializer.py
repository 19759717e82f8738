"""Executor initializers: one that works, one that raises and breaks the pool (its log goes to stderr)."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


state: list[int] = []


def prepare(number: int) -> None:
    state.append(number)


def look() -> list[int]:
    return state


def refuse() -> None:
    raise OSError("no database")


def main() -> None:
    with ProcessPoolExecutor(1, mp_context=context, initializer=prepare, initargs=(4,)) as executor:
        print(executor.submit(look).result(), executor.submit(look).result(), state)
    with ProcessPoolExecutor(1, mp_context=context, initializer=refuse) as executor:
        for _ in range(2):
            try:
                print(executor.submit(look).result(timeout=30))
            except BrokenProcessPool as error:
                print(error)


if __name__ == "__main__":
    main()
