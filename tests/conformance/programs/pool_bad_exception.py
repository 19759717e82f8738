"""An exception that unpickles badly kills the thread that hands out results.

Its traceback on stderr is the library's.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Bad(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("only one argument")


def refuse() -> None:
    raise Bad(1, 2)


def main() -> None:
    pool = context.Pool(1)
    print(pool.apply(abs, (-2,)))
    lost = pool.apply_async(refuse)
    try:
        lost.get(1.0)
    except multiprocessing.TimeoutError:
        print("no answer")
    try:
        print(pool.apply_async(abs, (-1,)).get(1.0))
    except multiprocessing.TimeoutError:
        print("nor to anything else")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
