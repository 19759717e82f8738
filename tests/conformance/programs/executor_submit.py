"""ProcessPoolExecutor.submit: results, errors, callbacks, cancel, timeouts.

A future completed before its event was late.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import CancelledError, ProcessPoolExecutor, TimeoutError
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def divide(a: float, *, by: float) -> float:
    return a / by


def main() -> None:
    heard: list[object] = []
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        future = executor.submit(divide, 6, by=3)
        print(future.result(), future.done(), future.running(), future.cancel(), future.exception())
        failed = executor.submit(divide, 1, by=0)
        print(repr(failed.exception()), type(failed.exception().__cause__).__name__)  # type: ignore[union-attr]
        slow = executor.submit(time.sleep, 0.7)
        try:
            slow.result(timeout=0.05)
        except TimeoutError as error:
            print(type(error).__name__)
        waiting = [executor.submit(abs, -n) for n in range(6)]
        print(waiting[-1].cancel(), waiting[-1].cancelled(), repr(waiting[-1]).split(" at ")[0])
        waiting[0].add_done_callback(lambda done: heard.append(done.result()))
        print([done.result() for done in waiting[:-1]])
        try:
            waiting[-1].result()
        except CancelledError as error:
            print(type(error).__name__)
        failed.result()


if __name__ == "__main__":
    main()
