"""maxtasksperchild: a worker per so many tasks. A wrapper that ended a worker early would use more processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def who(_: int) -> int:
    return os.getpid()


def main() -> None:
    with context.Pool(1, maxtasksperchild=2) as pool:
        pids = pool.map(who, range(6), chunksize=1)
        pool.close()
        pool.join()
    print(len(set(pids)), [pids.count(pid) for pid in dict.fromkeys(pids)])
    with context.Pool(1, None, (), 1) as pool:
        print(len({pool.apply(who, (0,)) for _ in range(2)}))


if __name__ == "__main__":
    main()
