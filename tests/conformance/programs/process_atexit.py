"""atexit handlers and finalizers of parent and child.

Handlers of ours that ran late closed what the program still used.
"""

from __future__ import annotations

import atexit
import multiprocessing
import sys
from multiprocessing import util
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def leave(word: str) -> None:
    atexit.register(print, word, "atexit", flush=True)
    util.Finalize(None, print, args=(word, "finalize"), exitpriority=5)
    print(word, "works", flush=True)


def main() -> None:
    child = context.Process(target=leave, args=("child",))
    child.start()
    child.join()
    leave("parent")
    last = context.Process(target=leave, args=("late",))
    atexit.register(last.join)
    atexit.register(last.start)


if __name__ == "__main__":
    main()
