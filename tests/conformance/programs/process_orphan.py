"""A grandchild that outlives everybody. A descriptor or wait of ours that ties it to the program would show."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def parent(told: Any) -> None:
    if os.fork() == 0:
        told.send("orphan")
        os.setsid()
        time.sleep(60)
        os._exit(0)
    os._exit(4)


def main() -> None:
    here, there = context.Pipe()
    child = context.Process(target=parent, args=(there,))
    child.start()
    child.join()
    print(child.exitcode, here.recv())


if __name__ == "__main__":
    main()
