"""Barrier with an action, a timeout, abort and reset. It is made of five other primitives, each of which we patch."""

from __future__ import annotations

import functools
import multiprocessing
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def meet(barrier: Any, told: Any) -> None:
    told.put(barrier.wait(30) in range(3))
    try:
        barrier.wait(30)
    except threading.BrokenBarrierError:
        told.put("broken")


def main() -> None:
    told = context.SimpleQueue()
    barrier = context.Barrier(3, action=functools.partial(told.put, "action"))
    children = [context.Process(target=meet, args=(barrier, told)) for _ in range(2)]
    for child in children:
        child.start()
    print(barrier.wait(30) in range(3), [told.get() for _ in range(3)], barrier.parties)
    while barrier.n_waiting < 2:
        pass
    barrier.abort()
    print([told.get() for _ in range(2)], barrier.broken)
    for child in children:
        child.join()
    barrier.reset()
    try:
        barrier.wait(0.05)
    except threading.BrokenBarrierError:
        print("nobody came", barrier.broken)


if __name__ == "__main__":
    main()
