"""Daemon children that still run when the program ends. They are terminated; a journal that blocks would keep them."""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def forever(ready: Any) -> None:
    ready.set()
    time.sleep(60)


def main() -> None:
    for _ in range(2):
        ready = context.Event()
        context.Process(target=forever, args=(ready,), daemon=True).start()
        print(ready.wait(30))
    print([child.daemon for child in multiprocessing.active_children()])


if __name__ == "__main__":
    main()
