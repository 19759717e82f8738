"""Process(target, args): the tutorial's first example.

A child that flushed its output late printed after its parent.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def greet(name: str) -> None:
    print("hello", name, __name__)


def main() -> None:
    child = context.Process(target=greet, args=("bob",))
    print(child.name, child.pid, child.exitcode, child.is_alive(), child.daemon)
    child.start()
    child.join()
    print(child.exitcode, child.is_alive(), multiprocessing.active_children())


if __name__ == "__main__":
    main()
