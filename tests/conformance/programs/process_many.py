"""Thirty short processes; each counts its descriptors and threads.

A descriptor left per child runs a server out of them.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def census(told: Any) -> None:
    told.put((len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")), threading.active_count()))


def main() -> None:
    told = context.SimpleQueue()
    counts = []
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(8 if sys.argv[1] == "spawn" else 30):
        child = context.Process(target=census, args=(told,))
        child.start()
        counts.append(told.get())
        child.join()
        child.close()
    print(sorted(set(counts)), len(os.listdir("/proc/self/fd")) - before)


if __name__ == "__main__":
    main()
