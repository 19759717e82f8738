"""JoinableQueue: join waits for task_done, one too many is an error. Unfinished tasks are a semaphore that we read."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def work(queue: Any, told: Any) -> None:
    for item in iter(queue.get, None):
        told.put(item * 2)
        queue.task_done()
    queue.task_done()


def main() -> None:
    queue, told = context.JoinableQueue(), context.SimpleQueue()
    child = context.Process(target=work, args=(queue, told))
    child.start()
    for item in (1, 2, 3, None):
        queue.put(item)
    queue.join()
    print([told.get() for _ in range(3)], told.empty())
    child.join()
    try:
        queue.task_done()
    except ValueError as error:
        print(error)
    told.close()
    try:
        told.put(1)
    except OSError as error:
        print(error)


if __name__ == "__main__":
    main()
