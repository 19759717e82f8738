"""Recursion to the limit and a lowered limit. Frames of ours use some of it up, which no depth may depend on."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.pool import ThreadPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def down(depth: int) -> int:
    return depth if depth == 0 else down(depth - 1)


def deep(value: Any) -> Any:
    for _ in range(100_000):
        value = [value]
    return value


def main() -> None:
    with context.Pool(1) as pool:
        acts: tuple[Any, ...] = (
            lambda: pool.apply(down, (100_000,)),
            lambda: pool.apply_async(deep, (1,)).get(1.5),
            lambda: pool.apply(id, (deep(1),)),
        )
        for act in acts:
            try:
                print(act())
            except Exception as error:
                print(type(error).__name__, str(error).split(" while ")[0][:60])
        print(pool.apply(down, (200,)))
    sys.setrecursionlimit(150)
    with ThreadPool(1) as threads:
        print(threads.apply(down, (20,)))
    child = context.Process(target=down, args=(20,))
    child.start()
    child.join()
    print(child.exitcode)


if __name__ == "__main__":
    main()
