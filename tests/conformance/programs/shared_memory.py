"""SharedMemory, ShareableList and SharedMemoryManager. A tracker told twice says so on stderr at exit."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import shared_memory
from multiprocessing.managers import SharedMemoryManager
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def write(name: str) -> None:
    block: Any = shared_memory.SharedMemory(name)
    block.buf[:5] = b"hello"
    block.close()


def main() -> None:
    block: Any = shared_memory.SharedMemory(create=True, size=64)
    child = context.Process(target=write, args=(block.name,))
    child.start()
    child.join()
    print(child.exitcode, bytes(block.buf[:6]), block.size >= 64, block.name[:3])
    block.close()
    block.unlink()
    try:
        shared_memory.SharedMemory(block.name)
    except FileNotFoundError as error:
        print(error.errno)
    mixed: Any = [1, "two", 3.0, None, b"five"]
    items: Any = shared_memory.ShareableList(mixed)
    items[1] = "2"
    print(list(items), items.count(1), items.index(3.0))
    items.shm.close()
    items.shm.unlink()
    owner: Any = SharedMemoryManager(ctx=context)
    with owner:
        print(owner.SharedMemory(32).size >= 32, list(owner.ShareableList("ab")))


if __name__ == "__main__":
    main()
