"""An initializer that raises: workers are replaced for ever and nothing is said. We must neither stop nor slow that."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def refuse() -> None:
    sys.stderr = None
    raise OSError("no database")


def main() -> None:
    pool = context.Pool(1, initializer=refuse)
    try:
        pool.apply_async(int).get(1.0)
    except multiprocessing.TimeoutError:
        print("no answer")
    pool.terminate()
    pool.join()
    print(len(multiprocessing.active_children()))


if __name__ == "__main__":
    main()
