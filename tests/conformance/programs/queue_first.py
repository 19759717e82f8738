"""Queue: order, maxsize, Full and Empty, timeouts, qsize, closing.

A get of ours that took what it looked at lost items.
"""

from __future__ import annotations

import multiprocessing
import queue
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def produce(queue: Any, number: int) -> None:
    for item in range(number):
        queue.put(item)
    queue.put(None)


def main() -> None:
    items = context.Queue(3)
    child = context.Process(target=produce, args=(items, 10))
    child.start()
    print(list(iter(items.get, None)), child.join(), items.empty(), items.qsize())
    for item in range(3):
        items.put_nowait(item)
    print(items.full(), items.qsize())
    acts: list[Any] = [lambda: items.put(4, timeout=0.05), lambda: items.put_nowait(4)]
    for act in acts:
        try:
            act()
        except queue.Full as error:
            print(repr(error))
    print([items.get(timeout=20) for _ in range(3)])
    acts = [lambda: items.get(timeout=0.05), items.get_nowait]
    for act in acts:
        try:
            act()
        except queue.Empty as error:
            print(repr(error))
    items.close()
    items.join_thread()
    try:
        items.put(1)
    except ValueError as error:
        print(str(error).split(" at ")[0].split("<")[-1], "closed" in str(error))


if __name__ == "__main__":
    main()
