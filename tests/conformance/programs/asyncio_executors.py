"""An event loop that hands work to both executors, and cancels. Its wrapped futures call back in another thread."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


async def work(executor: Any) -> list[object]:
    loop = asyncio.get_running_loop()
    first = [await loop.run_in_executor(executor, abs, -n) for n in range(3)]
    both: list[Any] = list(
        await asyncio.gather(
            loop.run_in_executor(executor, int, "x"), loop.run_in_executor(executor, abs, -9), return_exceptions=True
        )
    )
    slow = loop.run_in_executor(executor, time.sleep, 0.2)
    try:
        await asyncio.wait_for(slow, 0.01)
    except asyncio.TimeoutError as error:
        both.append(type(error).__name__)
    return [first, *map(repr, both)]


def main() -> None:
    with ProcessPoolExecutor(1, mp_context=context) as processes, ThreadPoolExecutor(1) as threads:
        for executor in (processes, threads, None):
            print(asyncio.run(work(executor)))


if __name__ == "__main__":
    main()
