"""SIGKILL for a busy worker: that result never comes, the pool goes on. We report it; we may not repair it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def main() -> None:
    with context.Pool(1) as pool:
        lost = pool.apply_async(die, (1,))
        try:
            lost.get(1.0)
        except multiprocessing.TimeoutError:
            print("lost")
        print(pool.apply_async(die, (2,)).get(20), lost.ready())


if __name__ == "__main__":
    main()
