"""terminate, kill and close, and what may not be called after. A pid kept by us after close() would be another's."""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def forever(ready: Any) -> None:
    ready.send("ready")
    time.sleep(60)


def main() -> None:
    for way in ("terminate", "kill"):
        here, there = context.Pipe()
        child = context.Process(target=forever, args=(there,))
        child.start()
        print(here.recv())
        try:
            child.close()
        except ValueError as error:
            print(error)
        getattr(child, way)()
        child.join()
        print(way, child.exitcode)
        child.close()
        try:
            child.join()
        except ValueError as error:
            print(error)
        here.close()
        there.close()


if __name__ == "__main__":
    main()
