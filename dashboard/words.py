"""Numbers and times in human words: the spelling of every figure a page shows. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

NOTHING = "–"
_SIZES = ("B", "KB", "MB", "GB", "TB")


def iso(us: int | None) -> str | None:
    """Microseconds since the epoch as ISO 8601 UTC with microseconds, None as None."""
    if us is None:
        return None
    return f"{_second(us // 1_000_000)}.{us % 1_000_000:06d}Z"


@lru_cache(maxsize=8192)
def _second(seconds: int) -> str:
    # A page of a thousand workers formats three thousand instants, most of them of the same few seconds.
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def micros(text: str) -> int:
    """The reverse of `iso`: microseconds since the epoch. Raises ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def duration(seconds: float | None) -> str:
    """Two figures at most: '120 µs', '41 ms', '3.1 s', '4 m 12 s', '2 h 05 m', '3 d 4 h'."""
    if seconds is None:
        return NOTHING
    seconds = max(seconds, 0.0)
    if seconds < 60:
        return _short(seconds)
    whole = int(seconds)
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} m"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def _short(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{int(seconds)} s"
    if seconds >= 0.001:
        return f"{seconds * 1e3:.1f} ms" if seconds < 0.00995 else f"{seconds * 1e3:.0f} ms"
    return f"{seconds * 1e6:.0f} µs"


def age(then: str | None, now: str) -> str:
    """How long ago `then` was, both ISO: '3 m ago', 'just now', a dash for None."""
    if then is None:
        return NOTHING
    seconds = (micros(now) - micros(then)) / 1e6
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def elapsed(then: str | None, now: str) -> str:
    """How long it has been going on since `then`, both ISO, in whole seconds: '9 s', '4 m 12 s', '–' for None."""
    if then is None:
        return NOTHING
    seconds = max(0, (micros(now) - micros(then)) // 1_000_000)
    return f"{seconds} s" if seconds < 60 else duration(seconds)


def clock(when: str | None) -> str:
    """The time of day in UTC with milliseconds: '10:02:11.031'."""
    return NOTHING if when is None else when[11:23]


def size(count: float | None) -> str:
    """Bytes in powers of 1024: '412 MB', '1.9 GB'."""
    if count is None:
        return NOTHING
    figure, unit = float(count), 0
    while figure >= 1000 and unit < len(_SIZES) - 1:
        figure, unit = figure / 1024, unit + 1
    return f"{figure:.1f} {_SIZES[unit]}" if unit and figure < 9.95 else f"{figure:.0f} {_SIZES[unit]}"


def count(number: float | None) -> str:
    """Digits in groups: '1,204'; one decimal below 10 where the number is not whole."""
    if number is None:
        return NOTHING
    return f"{number:,.1f}" if number % 1 and abs(number) < 10 else f"{number:,.0f}"


def percent(number: float | None) -> str:
    """A percentage as '62 %'."""
    return NOTHING if number is None else f"{number:.0f} %"


FILTERS: dict[str, Callable[..., Any]] = {
    "duration": duration,
    "age": age,
    "elapsed": elapsed,
    "clock": clock,
    "bytes": size,
    "count": count,
    "percent": percent,
}
"""The names the templates know them by."""
