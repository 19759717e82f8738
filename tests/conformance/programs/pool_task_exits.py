"""sys.exit in a task ends the worker and loses the task. A wrapper that caught SystemExit would answer instead."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def leave(how: int) -> int:
    if how == 1:
        sys.exit(3)
    if how == 2:
        os._exit(4)
    return how


def main() -> None:
    with context.Pool(1) as pool:
        for how in (1, 2, 3):
            try:
                print(pool.apply_async(leave, (how,)).get(0.7 if how < 3 else 20))
            except multiprocessing.TimeoutError:
                print("no answer")


if __name__ == "__main__":
    main()
