"""Queues that are left full: cancel_join_thread lets the process end. A feeder of ours would keep it."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def fill(queue: Any, cancel: bool) -> None:
    if cancel:
        queue.cancel_join_thread()
    queue.put(bytes(1 << 20))
    print("put", flush=True)


def main() -> None:
    queue = context.Queue()
    child = context.Process(target=fill, args=(queue, True))
    child.start()
    child.join(30)
    print(child.exitcode)
    second = context.Queue()
    child = context.Process(target=fill, args=(second, False))
    child.start()
    child.join(0.7)
    print(child.exitcode)
    print(len(second.get()), child.join(30), child.exitcode)


if __name__ == "__main__":
    main()
