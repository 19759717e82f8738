"""apply, apply_async and its questions. A result that was marked ready too early answered successful() wrongly."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def add(a: int, b: int = 0) -> int:
    return a + b


def wait(path: str) -> str:
    while not os.path.exists(path):
        time.sleep(0.01)
    return "waited"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, context.Pool(1) as pool:
        print(pool.apply(add, (1,), {"b": 2}))
        gate = os.path.join(folder, "gate")
        result = pool.apply_async(wait, (gate,))
        print(result.ready())
        try:
            result.successful()
        except ValueError as error:
            print("not ready" in str(error))
        try:
            result.get(0.05)
        except multiprocessing.TimeoutError as error:
            print(type(error).__name__, error.args)
        open(gate, "w").close()
        print(result.get(20), result.ready(), result.successful())
        failed = pool.apply_async(add, ("x",))
        failed.wait(20)
        print(failed.successful())


if __name__ == "__main__":
    main()
