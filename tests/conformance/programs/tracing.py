"""sys.settrace, sys.setprofile and tracemalloc over the program's own functions.

Debuggers and coverage count its lines.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import tracemalloc
from multiprocessing.pool import ThreadPool
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


lines: list[int] = []


def work(number: int) -> int:
    total = 0
    for value in range(number):
        total += value
    return total


def trace(frame: Any, event: str, arg: Any) -> Any:
    if frame.f_code is not work.__code__:
        return None
    if event == "line":
        lines.append(frame.f_lineno - work.__code__.co_firstlineno)
    return trace


def traced(number: int) -> list[int]:
    sys.settrace(trace)
    work(number)
    sys.settrace(None)
    return lines


def main() -> None:
    threading.settrace(trace)
    with ThreadPool(1) as threads, context.Pool(1) as pool:
        print(threads.apply(work, (2,)), lines)
        print(pool.apply(traced, (1,)))
    sys.setprofile(lambda frame, event, arg: None)
    tracemalloc.start()
    child = context.Process(target=print, args=("profiled",))
    child.start()
    child.join()
    sys.setprofile(None)
    print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory()[0] > 0)


if __name__ == "__main__":
    main()
