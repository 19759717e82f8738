"""-W error: a warning of ours anywhere in the program, its children or its exit would be an exception there."""

from __future__ import annotations

import multiprocessing
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def warn(number: int) -> int:
    if number:
        warnings.warn("as error", stacklevel=1)
    return number


def main() -> None:
    with context.Pool(1) as pool:
        print(pool.apply(warn, (0,)))
        try:
            pool.apply(warn, (1,))
        except UserWarning as error:
            print(repr(error))
    with ThreadPoolExecutor(1) as executor:
        print(executor.submit(warn, 0).result(), sys.warnoptions)
    queue = context.Queue()
    queue.put(1)
    print(queue.get())
    queue.close()
    queue.join_thread()
    try:
        warn(1)
    except UserWarning as error:
        print(error)


if __name__ == "__main__":
    main()
