"""Calls pools and locks ever nearer to the end of the stack: prints how near each worked, and that it works after."""

# As programs are written: without types.
# mypy: ignore-errors

import multiprocessing
import multiprocessing.pool
import sys

LIMIT = 400


def at(depth, act):
    return act() if not depth else at(depth - 1, act)


def deepest(act):
    """The largest depth at which `act` works."""
    best = 0
    for depth in range(LIMIT - 120, LIMIT):
        try:
            at(depth, act)
        except RecursionError:
            continue
        best = depth
    return best


def main():
    sys.setrecursionlimit(LIMIT)
    context = multiprocessing.get_context("fork")
    pool = multiprocessing.pool.ThreadPool(1)
    lock, queue = context.RLock(), context.SimpleQueue()

    def locked():
        with lock:
            return 1

    def passed():
        queue.put(1)
        return queue.get()

    acts = {
        "apply": lambda: pool.apply_async(abs, (-1,)).get(30),
        "map": lambda: pool.map_async(abs, [-1, 2]).get(30),
        "lock": locked,
        "queue": passed,
        "cancel": lambda: multiprocessing.active_children(),
    }
    for name, act in acts.items():
        print(name, deepest(act), act())
    pool.terminate()


if __name__ == "__main__":
    main()
