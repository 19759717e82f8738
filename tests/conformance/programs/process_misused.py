"""What Process refuses: a second start, a join too early, a child of a stranger.

Messages are the standard library's.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def other(process: Any) -> None:
    try:
        process.join()
    except AssertionError as error:
        print("in child:", error)


def main() -> None:
    child = context.Process(target=print, args=("once",))
    for act in (child.join, child.terminate):
        try:
            act()
        except (AssertionError, AttributeError) as error:
            print(type(error).__name__, error)
    child.start()
    try:
        child.start()
    except AssertionError as error:
        print(error)
    child.join()
    if sys.argv[1] == "fork":
        second = context.Process(target=other, args=(child,))
        second.start()
        second.join()
    try:
        context.Process(group=1)
    except AssertionError as error:
        print(error)


if __name__ == "__main__":
    main()
