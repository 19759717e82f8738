"""A block that nobody unlinks: the resource tracker warns and removes it. We must neither keep nor hide it."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import shared_memory
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    block = shared_memory.SharedMemory(create=True, size=16)
    child = context.Process(target=len, args=([1],))
    child.start()
    child.join()
    print(block.size >= 16, child.exitcode)
    block.close()


if __name__ == "__main__":
    main()
