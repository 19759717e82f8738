"""Subclasses of Lock, Queue and Condition's parts with methods of their own.

A replaced class would not be their base.
"""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import queues, synchronize
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Named(synchronize.Lock):
    def __init__(self, name: str) -> None:
        super().__init__(ctx=context)
        self.name = name

    def __enter__(self) -> bool:
        print("enter", self.name)
        return super().__enter__()

    def __exit__(self, *args: Any) -> None:
        super().__exit__(*args)
        print("exit", self.name)


class Loud(queues.Queue):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__(2, ctx=context)

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
        print("put", item)
        super().put(item, block, timeout)


def main() -> None:
    with Named("one") as entered:
        print(entered)
    lock = Named("two")
    print(lock.acquire(), isinstance(lock, synchronize.SemLock), sorted(n for n in vars(lock) if n[0] != "_"))
    lock.release()
    queue = Loud()
    queue.put("x")
    print(queue.get(timeout=20), isinstance(queue, queues.Queue))
    queue.close()
    queue.join_thread()


if __name__ == "__main__":
    main()
