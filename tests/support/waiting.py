"""Waiting on conditions, never on time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], seconds: float = 30.0, *, what: str = "", fail: bool = True) -> T:
    """The first truthy value of `condition`; past `seconds` AssertionError naming `what`, or its last value."""
    end = time.monotonic() + seconds
    pause = 0.005
    while True:
        value = condition()
        if value or (not fail and time.monotonic() > end):
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not so after {seconds:g} s: {what or condition!r} (last value {value!r})")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
