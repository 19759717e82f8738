"""A program that replaced multiprocessing.Pool and subclassed what we patch. Its own classes stay what they are."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import pool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Mine(pool.Pool):
    def apply_async(self, func: Any, *args: Any, **options: Any) -> Any:
        print("mine", func.__name__)
        return super().apply_async(func, *args, **options)


def make(processes: int) -> Mine:
    return Mine(processes, context=context)


def main() -> None:
    multiprocessing.Pool = make  # type: ignore[assignment]
    with multiprocessing.Pool(1) as mine:
        print(type(mine) is Mine, mine.apply(abs, (-1,)), mine.map(abs, [-2]))
    original = pool.Pool.map
    pool.Pool.map = lambda self, *args: ["replaced", *original(self, *args)]  # type: ignore[method-assign]
    with make(1) as mine:
        print(mine.map(abs, [-3]))
    pool.Pool.map = original  # type: ignore[method-assign]
    with make(1) as mine:
        print(mine.map(abs, [-4]))


if __name__ == "__main__":
    main()
