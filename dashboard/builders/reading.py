"""What every builder reads: the instant, the collector's freshness, and answers that may be a little old."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from procscope.dashboard.collector_status import caught_up_us, status
from procscope.dashboard.words import iso
from procscope.runtime import clock
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store

T = TypeVar("T")


def now_us() -> int:
    """Wall time in microseconds since the epoch."""
    return clock.wall_ns() // 1000


def heading(store: Store, settings: Settings, view: str, rev: int, live_runs: int, now: int) -> dict[str, Any]:
    """The keys every model begins with."""
    seen = max((c.seen_us for c in store.collectors() if c.seen_us is not None), default=None)
    fresh = status(seen, caught_up_us(settings.spool), live_runs, now)
    return {"view": view, "rev": rev, "now": iso(now), **fresh}


class Kept(Generic[T]):
    """The last answer to a costly question, asked again after `seconds` or when the question itself changed."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._asked: tuple[Any, float, T] | None = None

    def get(self, question: Any, ask: Callable[[], T]) -> T:
        """The answer to `question` (comparable), at most so many seconds old."""
        now = self._clock()
        if self._asked is None or self._asked[0] != question or now - self._asked[1] >= self._seconds:
            self._asked = (question, now, ask())
        return self._asked[2]
