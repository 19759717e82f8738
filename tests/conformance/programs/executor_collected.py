"""An executor that is dropped without shutdown: its manager thread notices by a weak reference."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
import weakref
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Argument:
    pass


def name(_: Argument) -> str:
    return "argument"


def main() -> None:
    executor = ProcessPoolExecutor(1, mp_context=context)
    argument = Argument()
    gone, left = weakref.ref(argument), weakref.ref(executor)
    future = executor.submit(name, argument)
    print(future.result())
    del argument
    for _ in range(500):
        if gone() is None:
            break
        time.sleep(0.01)
    print(gone() is None)
    del executor, future
    gc.collect()
    print(left() is None)
    for child in multiprocessing.active_children():
        child.join(30)
    print(len(multiprocessing.active_children()))


if __name__ == "__main__":
    main()
