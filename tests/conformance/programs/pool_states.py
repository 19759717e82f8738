"""What a closed or terminated pool refuses, and its repr. A finalizer of ours that held the pool kept it alive."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import weakref
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    pool = context.Pool(1)
    print(repr(pool).replace(type(pool).__module__, "m"))
    try:
        pool.join()
    except ValueError as error:
        print(error)
    pool.close()
    try:
        pool.map(abs, [1])
    except ValueError as error:
        print(error)
    pool.join()
    print(repr(pool))
    pool.terminate()
    gone = weakref.ref(pool)
    del pool
    gc.collect()
    print(gone() is None)
    try:
        context.Pool(0)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    main()
