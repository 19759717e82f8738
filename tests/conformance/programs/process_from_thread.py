"""Processes started from several threads at once. A birth handed on by a global went to the wrong child."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def tell(number: int, told: Any) -> None:
    told.put((number, multiprocessing.current_process().name))


def start(number: int, told: Any) -> None:
    child = context.Process(target=tell, args=(number, told), name=f"child-{number}")
    child.start()
    child.join()
    if child.exitcode:
        print("exit code", child.exitcode)


def main() -> None:
    told = context.SimpleQueue()
    threads = [threading.Thread(target=start, args=(number, told)) for number in range(4)]
    for thread in threads:
        thread.start()
    print(sorted(told.get() for _ in threads))
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
