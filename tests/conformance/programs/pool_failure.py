"""An exception out of map, uncaught: the remote traceback and ours. Frames of a wrapper would stand in both."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code


def check(number: int) -> int:
    if number == 2:
        raise Refused(7, "two") from KeyError("inner")
    return number


def main() -> None:
    with context.Pool(2) as pool:
        try:
            pool.map(check, range(4), chunksize=1)
        except Refused as error:
            print(error.code, error.args, type(error.__cause__).__name__)
        pool.apply(check, (2,))


if __name__ == "__main__":
    main()
