"""An uncaught exception with a cause in a child. A wrapped target adds frames to the traceback on stderr."""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def low() -> None:
    raise KeyError("low")


def high() -> None:
    try:
        low()
    except KeyError as error:
        raise RuntimeError("high") from error


def main() -> None:
    child = context.Process(target=high, name="thrower")
    child.start()
    child.join()
    print(child.exitcode)
    high()


if __name__ == "__main__":
    main()
