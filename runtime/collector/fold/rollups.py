"""Counts by minute and function, and the sketch of durations, gathered for one transaction.

The hot path appends to two lists of a group; what they add up to is worked out once, in C, at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from procscope.runtime import sketch
from procscope.runtime.events import State

MINUTE_US = 60_000_000

Key = tuple[int, int, int, int, int]
"""minute, run id, pool id (0 for none), function id, state."""
Group = tuple[list[int], list[int]]
"""Durations in nanoseconds and waits in microseconds, one of each a task."""


class Rollups:
    """All of one transaction's additions to `task_rollups` and `duration_rollups`."""

    __slots__ = ("_buckets", "_counts", "_groups", "_moved")

    def __init__(self) -> None:
        self._groups: dict[Key, Group] = {}
        self._counts: dict[Key, list[int]] = {}
        self._moved: dict[Key, list[int]] = {}
        self._buckets: dict[tuple[int, int, int, int], Counter[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._groups or self._counts or self._buckets or self._moved)

    def group(self, key: Key) -> Group:
        """Where to append the duration and the wait of each task that ended so."""
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = ([], [])
        return found

    def add(self, key: Key, n: int, busy_us: int = 0, wait_us: int = 0) -> None:
        """`n` further tasks at once; negative to take back what was presumed."""
        counted = self._counts.setdefault(key, [0, 0, 0, 0, 0, 0, 0])
        counted[0] += n
        counted[1] += busy_us
        counted[2] += wait_us

    def moved(self, key: Key) -> list[int]:
        """What to add up of results that arrived: how many, transfer in µs, bytes in, bytes out."""
        found = self._moved.get(key)
        if found is None:
            found = self._moved[key] = [0, 0, 0, 0]
        return found

    def spread(self, key: Key, buckets: tuple[tuple[int, int], ...]) -> None:
        """A sketch made elsewhere: (bucket, count) pairs."""
        counter = self._buckets.setdefault(key[:4], Counter())
        for number, n in buckets:
            counter[number] += n

    def counts(self) -> Iterator[tuple[int, ...]]:
        """Rows of `task_rollups`: key, n, busy_us, wait_us, arrived, transfer_us, bytes_in, bytes_out."""
        self._settle()
        for key, moved in self._moved.items():
            self.add(key, 0)
            self._counts[key][3:] = moved
        for key, values in self._counts.items():
            yield (*key, *values)

    def durations(self) -> Iterator[tuple[int, ...]]:
        """Rows of `duration_rollups`: minute, run, pool, function, bucket, n; of succeeded tasks."""
        self._settle()
        for place, counter in self._buckets.items():
            for number, n in counter.items():
                yield (*place, number, n)

    def _settle(self) -> None:
        for key, (durations, waits) in self._groups.items():
            self.add(key, len(durations), sum(durations) // 1000, sum(waits))
            if key[4] == State.SUCCEEDED:
                self._buckets.setdefault(key[:4], Counter()).update(sketch.buckets(durations))
        self._groups = {}
