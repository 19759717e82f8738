"""Workers of Pool and executor count their descriptors and threads after work. Ours may not linger among them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def census(_: int) -> tuple[list[str], int]:
    names = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # that of the listing itself
            names.append(os.readlink(f"/proc/self/fd/{number}").split(":")[0].split("/")[-1])
    return sorted(name for name in names if name not in ("out", "err")), threading.active_count()


def main() -> None:
    with context.Pool(1) as pool:
        print(pool.map(census, range(2), chunksize=1))
        pool.close()
        pool.join()
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        executor.submit(abs, -1).result()
        print(executor.submit(census, 1).result())
    print(census(0))


if __name__ == "__main__":
    main()
