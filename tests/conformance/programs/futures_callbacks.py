"""Callbacks of futures that raise: logged, never propagated. A hook on the logger must let the record through."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def bad(_: Any) -> None:
    raise LookupError("in a callback")


def main() -> None:
    with ProcessPoolExecutor(1, mp_context=context) as processes, ThreadPoolExecutor(1) as threads:
        for executor in (processes, threads):
            heard: list[str] = []
            future = executor.submit(time.sleep, 0.2)
            future.add_done_callback(bad)
            future.add_done_callback(lambda _, heard=heard: heard.append("second"))  # type: ignore[misc]
            print(future.result())
            while not heard:
                time.sleep(0.01)
            print(heard)
    logging.getLogger("concurrent.futures").exception("mine %s", 1)


if __name__ == "__main__":
    main()
