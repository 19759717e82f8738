"""Megabytes through Queue, Pipe and Pool. A copy of them for a preview would double the memory and show in time."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def size(data: bytes) -> int:
    return len(data)


def produce(queue: Any, end: Any) -> None:
    queue.put(bytes(6_000_000))
    end.send(bytearray(5_000_000))


def main() -> None:
    queue = context.Queue()
    here, there = context.Pipe()
    child = context.Process(target=produce, args=(queue, there))
    child.start()
    print(len(queue.get()), len(here.recv()), child.join())
    with context.Pool(1) as pool:
        print(pool.map(size, [bytes(4_000_000)] * 2), len(pool.apply(bytes, (3_000_000,))))
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        print(executor.submit(size, bytes(4_000_000)).result())


if __name__ == "__main__":
    main()
