"""ThreadPool: map, imap, errors, sys.exit in a task. Threads have no process of their own to be told by."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.pool import ThreadPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def risky(number: int) -> int:
    if number == 2:
        raise ValueError("two")
    if number == 3:
        sys.exit("three")
    return number


def main() -> None:
    with ThreadPool(2) as pool:
        print(pool.map(abs, range(-4, 0)), list(pool.imap(abs, [-5])))
        try:
            pool.map(risky, range(3))
        except ValueError as error:
            print(error, error.__cause__)
        try:
            pool.apply_async(risky, (3,)).get(0.5)
        except multiprocessing.TimeoutError:
            print("no answer")
        print(pool.apply(risky, (4,)), repr(pool))
    child = context.Process(target=print, args=(ThreadPool(1).map(abs, [-7]),))
    child.start()
    child.join()


if __name__ == "__main__":
    main()
