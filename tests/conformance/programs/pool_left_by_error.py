"""An exception out of `with Pool()` while tasks run: terminate, traceback, exit code 1, nobody left over."""

from __future__ import annotations

import multiprocessing
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    with context.Pool(2) as pool:
        pool.map_async(time.sleep, [30] * 4, chunksize=1)
        print(pool.apply_async(abs, (-1,)) is not None, flush=True)
        raise RuntimeError("out of the block")


if __name__ == "__main__":
    main()
