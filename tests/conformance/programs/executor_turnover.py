"""max_tasks_per_child (from 3.11): a worker per so many tasks; refused under fork. Workers of a pool by pid."""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    options: dict[str, Any] = {"max_tasks_per_child": 1} if sys.version_info >= (3, 11) else {}
    try:
        executor = ProcessPoolExecutor(1, mp_context=context, **options)
    except ValueError as error:
        print(error)
        executor = ProcessPoolExecutor(1, mp_context=context)
    with executor:
        pids = [executor.submit(os.getpid).result() for _ in range(3)]
    print(len(set(pids)))
    for wrong in (0, 1_000_000):
        try:
            ProcessPoolExecutor(wrong).shutdown()
            print(wrong)
        except ValueError as error:
            print(error)


if __name__ == "__main__":
    main()
