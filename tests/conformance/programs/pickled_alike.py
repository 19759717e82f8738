"""The bytes that travel: calls of a pool, locks, processes. A child without us must be able to read them."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import context as spawning
from multiprocessing import pool as module
from multiprocessing import reduction
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def measure(thing: object) -> int:
    return len(reduction.ForkingPickler.dumps(thing))


def work(number: int) -> int:
    return number


def main() -> None:
    pool: Any = module
    child: Any = object()
    here, there = context.Pipe(False)
    queue = context.SimpleQueue()
    queue._writer, there = there, queue._writer
    queue.put((0, 0, work, (1,), {}))
    print(len(here.recv_bytes()), measure(work), measure((pool.mapstar, ((work, (1, 2)),))))
    spawning.set_spawning_popen(child)
    for thing in (context.Lock(), context.Event(), context.Condition(), context.Value("i"), context.Queue(2)):
        try:
            print(type(thing).__name__, measure(thing))
        except Exception as error:
            print(type(thing).__name__, type(error).__name__)
    spawning.set_spawning_popen(None)


if __name__ == "__main__":
    main()
