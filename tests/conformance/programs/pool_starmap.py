"""Pool.starmap: arguments are unpacked once. A counting generator must hand tuples through as they are."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def power(base: int, exponent: int = 2) -> int:
    result: int = base**exponent
    return result


def main() -> None:
    with context.Pool(2) as pool:
        print(pool.starmap(power, [(2, 3), (4,), (5, 1)]))
        print(pool.starmap_async(power, [[2, 8], [3, 3]], chunksize=2).get(20))
        try:
            pool.starmap(power, [(1, 2, 3)])
        except TypeError as error:
            print(error)
        try:
            pool.starmap(power, [1])
        except TypeError as error:
            print(error)


if __name__ == "__main__":
    main()
