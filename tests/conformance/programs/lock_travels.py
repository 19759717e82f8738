"""Locks as arguments, inherited, in a Pool's initializer, and refused by a queue.

Our marks on them must not be pickled.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


lock: Any = None


def prepare(given: Any) -> None:
    global lock
    lock = given


def held(_: int) -> bool:
    got: bool = lock.acquire(False)
    return got


def take(mine: Any) -> None:
    mine.acquire()


def main() -> None:
    mine = context.Lock()
    mine.acquire()
    with context.Pool(1, prepare, (mine,)) as pool:
        print(pool.map(held, range(2)))
        try:
            pool.apply(held, (mine,))
        except RuntimeError as error:
            print(error)
    mine.release()
    child = context.Process(target=take, args=(mine,))
    child.start()
    child.join()
    print(mine.acquire(False), repr(mine), child.exitcode)


if __name__ == "__main__":
    main()
