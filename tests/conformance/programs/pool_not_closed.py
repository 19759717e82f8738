"""A pool that nobody closes: the interpreter's exit ends it. Handlers of ours at exit may not come in between."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


pool: Any = None


def main() -> None:
    global pool
    pool = context.Pool(2)
    print(pool.map(abs, [-1, -2]))


if __name__ == "__main__":
    main()
