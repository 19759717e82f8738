"""Which items of a batch have ended: runs of neighbours, few of them since chunks end nearly in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Spans:
    """A set of indices from 0 up."""

    __slots__ = ("_begins", "_ends")

    def __init__(self) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []

    def add(self, first: int, n: int) -> None:
        """`n` indices from `first` on; those that are in stay in."""
        if n <= 0:
            return
        end = first + n
        begins, ends = self._begins, self._ends
        low, high = bisect_left(ends, first), bisect_right(begins, end)  # the runs it touches
        if low < high:
            first, end = min(first, begins[low]), max(end, ends[high - 1])
        begins[low:high], ends[low:high] = [first], [end]

    def __contains__(self, index: int) -> bool:
        at = bisect_right(self._begins, index) - 1
        return at >= 0 and index < self._ends[at]

    @property
    def runs(self) -> int:
        """How many there are."""
        return len(self._begins)

    def flat(self) -> list[int]:
        """[begin, end, begin, end, ...]: each run ends before its `end`."""
        return [edge for run in zip(self._begins, self._ends, strict=True) for edge in run]

    def gaps(self, total: int) -> Iterator[range]:
        """The runs of indices below `total` that are not in, in order."""
        at = 0
        for begin, end in zip(self._begins, self._ends, strict=True):
            if at < min(begin, total):
                yield range(at, min(begin, total))
            at = end
        if at < total:
            yield range(at, total)
