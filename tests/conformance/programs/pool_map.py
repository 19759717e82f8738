"""Pool.map with and without a chunksize. Item functions called through a wrapper saw another frame above them."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def square(number: int) -> int:
    return number * number


def caller(_: int) -> tuple[str, str]:
    frame = sys._getframe(1)
    return frame.f_code.co_name, frame.f_globals["__name__"]


def main() -> None:
    with context.Pool(2) as pool:
        print(pool.map(square, range(10)))
        print(pool.map(square, iter([3, 4]), chunksize=1))
        print(pool.map(square, [], 5), pool.map(square, (number for number in range(7)), 3))
        print(sorted(set(pool.map(caller, range(4)))))
        print(pool.map_async(str, "abc").get(20))


if __name__ == "__main__":
    main()
