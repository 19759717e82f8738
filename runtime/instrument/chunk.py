"""The items of one chunk, counted and timed as the standard loop pulls them.

`mapstar` and `_process_chunk` iterate over what they are given: they are given a generator instead of the tuple. An
item begins when it is pulled and ends when the next one is, so one clock reading an item is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from operator import sub
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.clock import mono_ns
from procscope.runtime.events import ChunkRan, SlowItem
from procscope.runtime.instrument import capture, names, patches, recorder

_FLUSH = 250_000_000
_SHARE = 100
"""A preview may cost a hundredth of the time until the next one."""


class Chunk:
    """`star` if an item is a tuple of arguments, else it is the one argument. `place` is that in its map, or -1."""

    __slots__ = (
        "_captured", "_first", "_flushed", "_secrets", "_stamps", "group", "items", "number", "place", "pool",
        "star", "started", "thread",
    )  # fmt: skip

    def __init__(self, pool: int, number: int, place: int, items: tuple[Any, ...], func: Any, star: bool) -> None:
        self.pool = pool
        self.number = number
        self.place = place
        self.items = items
        self.star = star
        self.thread = ""
        self.group = "pool"
        self.started = self._flushed = mono_ns()
        self._secrets = names.of(func)[1]
        self._captured = 0
        self._first = 0
        self._stamps: list[int] = []

    def counted(self) -> Iterator[Any]:
        """The items; what each pull means goes to the thread's slot."""
        stamps = self._stamps
        append = stamps.append
        slot_item = recorder.region().slot_items()
        due = 0
        for offset, item in enumerate(self.items):
            now = mono_ns()
            append(now)
            slot_item(offset, now)
            if now >= due:
                due = self._attend(offset, now)
            yield item
        append(mono_ns())

    def alone(self) -> None:
        """A chunk of one, run without a generator: the item begins now."""
        now = mono_ns()
        self._stamps.append(now)
        recorder.region().slot_item(0, now)
        self._attend(0, now)

    def _attend(self, offset: int, now: int) -> int:
        """Preview the item if that is cheap by now, report if it is time; returns when to come back."""
        try:
            if now - self._flushed >= _FLUSH:
                self._report(now, last=False)
            if recorder.limits().preview and now >= self._captured:
                recorder.region().slot_args(self.args(offset))
                self._captured = now + (mono_ns() - now) * _SHARE
            elif not self._captured:
                self._captured = now + (1 << 62)
            return min(self._captured, self._flushed + _FLUSH)
        except Exception as error:
            if patches.fault(self.group, error):
                raise
            return now + (1 << 62)

    def args(self, offset: int) -> str:
        """A preview of one item, '' where arguments are not captured."""
        if not recorder.limits().preview or not 0 <= offset < len(self.items):
            return ""
        item = self.items[offset]
        return capture.call(item if self.star and type(item) is tuple else (item,), None, self._secrets)

    def running(self) -> tuple[int, int]:
        """(offset, start) of the item pulled last."""
        stamps = self._stamps
        return (self._first + len(stamps) - 1, stamps[-1]) if stamps else (0, self.started)

    def succeeded(self) -> None:
        """Every item returned."""
        if len(self._stamps) == 1:
            self._stamps.append(mono_ns())
        self._report(self._stamps[-1] if self._stamps else mono_ns(), last=True)

    def failed(self, now: int) -> None:
        """The item pulled last raised; those after it never ran."""
        offset, _ = self.running()
        self._report(now, last=True, failed=1, rest=len(self.items) - offset - 1)

    def broken_off(self) -> None:
        """The worker ends in the middle of an item: report those before it."""
        if len(self._stamps) > 1:
            self._report(mono_ns(), last=False)

    def _report(self, now: int, *, last: bool, failed: int = 0, rest: int = 0) -> None:
        stamps = self._stamps
        times = list(map(sub, islice(stamps, 1, None), stamps))
        count = len(times)
        busy = (now if failed else stamps[-1]) - stamps[0] if stamps else 0
        event = ChunkRan(
            self.pool, self.number, self.place, self._first, count, failed, rest, self.started, now, busy, last,
            _buckets(times), self._slow(times), self.thread,
        )  # fmt: skip
        recorder.region().chunk_ran(event)
        self._first += count
        self._flushed = now
        del stamps[:-1]

    def _slow(self, times: list[int]) -> tuple[SlowItem, ...]:
        limit = recorder.limits().slow_ns
        if limit < 0 or not times or max(times) < limit:
            return ()
        stamps, first = self._stamps, self._first
        return tuple(
            SlowItem(first + at, stamps[at], stamps[at + 1], self.args(first + at))
            for at, time in enumerate(times)
            if time >= limit
        )


def _buckets(times: list[int]) -> tuple[tuple[int, int], ...]:
    if len(times) < 4:
        counts: dict[int, int] = {}
        for time in times:
            number = sketch.bucket(time)
            counts[number] = counts.get(number, 0) + 1
        return tuple(counts.items())
    return tuple(sketch.buckets(times).items())
