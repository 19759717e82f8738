"""-X dev: unclosed files, asyncio debug, memory hooks. What we leave open would be a ResourceWarning on stderr."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    with context.Pool(1) as pool:
        print(pool.map(abs, [-1]))
        pool.close()
        pool.join()
    child = context.Process(target=print, args=("child",))
    child.start()
    child.join()
    print(sys.flags.dev_mode, gc.collect() >= 0)


if __name__ == "__main__":
    main()
