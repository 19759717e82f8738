"""A subclass of Process with its own run, start and attributes. Hooks on the instance broke run() of subclasses."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Counter(context.Process):  # type: ignore[misc]
    def __init__(self, limit: int) -> None:
        super().__init__(name=f"counter-{limit}")
        self.limit = limit

    def start(self) -> None:
        print("starting", self.name, flush=True)
        super().start()

    def run(self) -> None:
        print("run", self.limit, sorted(name for name in vars(self) if not name.startswith("_")))
        super().run()


def main() -> None:
    for limit in (1, 2):
        child = Counter(limit)
        child.start()
        child.join()
        print(child.exitcode, type(child).__name__, isinstance(child, multiprocessing.process.BaseProcess))
    direct = Counter(3)
    direct.run()


if __name__ == "__main__":
    main()
