"""ThreadPoolExecutor: names, reuse of an idle thread, errors, a failing initializer.

One thread too many was a bug of ours.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def refuse() -> None:
    raise OSError("no database")


def name() -> str:
    return threading.current_thread().name


def main() -> None:
    with ThreadPoolExecutor(3, thread_name_prefix="worker") as executor:
        names = []
        for _ in range(20):
            names.append(executor.submit(name).result())
            time.sleep(0.002)  # until the thread says that it is idle again
        print(sorted(set(names)), list(executor.map(abs, [-1, -2])))
        print(repr(executor.submit(int, "x").exception()))
        try:
            executor.submit(sys.exit, 3).result()
        except SystemExit as error:
            print("exit", error.code)
    with ThreadPoolExecutor(1, initializer=refuse) as executor:
        try:
            executor.submit(abs, 1).result()
        except BrokenExecutor as error:
            print(error)
    child = context.Process(target=main if len(sys.argv) > 2 else print, args=())
    child.start()
    child.join()
    print(threading.active_count())


if __name__ == "__main__":
    main()
