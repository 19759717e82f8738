"""Value, Array, RawValue, RawArray and their locks. get_lock must be the lock that it was."""

from __future__ import annotations

import ctypes
import multiprocessing
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


class Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_double))


def change(number: Any, numbers: Any, raw: Any, points: Any) -> None:
    with number.get_lock():
        number.value += 1
    numbers[1:3] = [7, 8]
    raw.value = 2.5
    points[0].x, points[0].y = 5, 0.5


def main() -> None:
    number, numbers = context.Value("i", 41), context.Array("h", range(5))
    raw, points = context.RawValue("d"), context.Array(Point, [(1, 2.0)])
    child = context.Process(target=change, args=(number, numbers, raw, points))
    child.start()
    child.join()
    print(number.value, list(numbers), raw.value, points[0].x, points[0].y, len(numbers))
    lock = context.RLock()
    shared = context.Value(ctypes.c_char, b"a", lock=lock)
    print(shared.get_lock() is lock, shared.value, type(shared).__name__, type(number.get_lock()).__name__)
    text = context.Array("c", 8)
    text.value = b"bytes"
    print(text.value, text.raw, bool(text.acquire()), text.release(), list(context.RawArray("i", 3)))
    try:
        context.Value("i", 0, lock=3)
    except AttributeError as error:
        print(error)


if __name__ == "__main__":
    main()
