"""Pools in pools: daemons may have no children, processes that are none may. Identity must follow each of them."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def inner(number: int) -> list[int]:
    with context.Pool(1) as pool:
        return list(pool.map(abs, range(-number, 0)))


def refused() -> str:
    try:
        context.Process(target=print).start()
    except AssertionError as error:
        return str(error)
    return "started"


def outer(told: Any) -> None:
    told.put(inner(3))


def main() -> None:
    with context.Pool(1) as pool:
        print(pool.apply(refused))
    told = context.SimpleQueue()
    child = context.Process(target=outer, args=(told,))
    child.start()
    print(told.get())
    child.join()
    print(child.exitcode)


if __name__ == "__main__":
    main()
