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
from procscope.runtime.journal.layout import SLOT_OFFSET, SLOT_STARTED

_FLUSH = 250_000_000
_BLOCK = 2048
"""Items are folded so many at a time, while their times are in the processor's cache."""
_START_WITHIN = 1_000_000
"""The slot's start of an item may be that much too early: only slower items need it, and each of those writes it."""
_SHARE = 100
"""A preview may cost a hundredth of the time until the next one."""
_NEVER = 1 << 62
_WORTH_A_PREVIEW = 500_000
_MOST = 1000
_lately: dict[str, int] = {}
"""How long each function took when it was last handed over alone, in nanoseconds."""


class Chunk:
    """`star` if an item is a tuple of arguments, else it is the one argument. `place` is that in its map, or -1."""

    __slots__ = (
        "_busy", "_captured", "_count", "_counts", "_first", "_flushed", "_name", "_secrets", "_slow", "_stamps",
        "bytes", "group", "items", "number", "place", "pool", "star", "started", "thread",
    )  # fmt: skip

    def __init__(self, pool: int, number: int, place: int, items: tuple[Any, ...], func: Any, star: bool) -> None:
        self.pool = pool
        self.number = number
        self.place = place
        self.items = items
        self.star = star
        self.thread = ""
        self.bytes = -1
        self.group = "pool"
        self.started = self._flushed = mono_ns()
        self._name, self._secrets = names.of(func)
        self._captured = 0 if recorder.limits().preview else _NEVER
        self._first = self._count = self._busy = 0
        self._counts: dict[int, int] = {}
        self._slow: list[SlowItem] = []
        self._stamps: list[int] = []

    def counted(self) -> Iterator[Any]:
        """The items; what each pull means goes to the thread's slot. If our part fails, the items go on without it."""
        items, offset = self.items, 0
        try:
            append = self._stamps.append
            slot = recorder.region().slot_words()
            due, total = 0, len(items)
            for base in range(0, total, _BLOCK):
                offset = base
                if base:
                    append(mono_ns())
                    self._fold_block()
                for offset, item in enumerate(items[base : base + _BLOCK], base):
                    now = mono_ns()
                    append(now)
                    slot[SLOT_OFFSET] = offset
                    if now >= due:
                        slot[SLOT_STARTED] = now
                        due = self._attend(offset, now)
                    yield item
            offset = total
            if items:
                append(mono_ns())
        except Exception as error:
            if patches.fault(self.group, error):
                raise
            yield from items[offset:]

    def alone(self) -> None:
        """A chunk of one, run without a generator: the item begins now. Its preview waits for a slow function."""
        now = mono_ns()
        self._stamps.append(now)
        recorder.region().slot_item(0, now)
        if _lately.get(self._name, _NEVER) >= _WORTH_A_PREVIEW:
            self._attend(0, now)

    def _attend(self, offset: int, now: int) -> int:
        """Preview the item if that is cheap by now, report if it is time; returns when to come back.

        None of the time that this takes is the items'.
        """
        try:
            if now - self._flushed >= _FLUSH:
                self._report(now, last=False)
            else:
                self._fold()
            if now >= self._captured:
                recorder.region().slot_args(self.args(offset))
                self._captured = now + (mono_ns() - now) * _SHARE
            self._stamps[-1] = mono_ns()
            return min(self._captured, self._flushed + _FLUSH, now + _START_WITHIN)
        except Exception as error:
            if patches.fault(self.group, error):
                raise
            return now + _NEVER

    def args(self, offset: int) -> str:
        """A preview of one item, '' where arguments are not captured."""
        if not recorder.limits().preview or not 0 <= offset < len(self.items):
            return ""
        item = self.items[offset]
        return capture.call(item if self.star and type(item) is tuple else (item,), None, self._secrets)

    def running(self) -> tuple[int, int]:
        """(offset, start) of the item pulled last."""
        stamps = self._stamps
        return (self._first + self._count + len(stamps) - 1, stamps[-1]) if stamps else (0, self.started)

    def succeeded(self) -> None:
        """Every item returned."""
        if len(self._stamps) == 1 and not self._count:
            return self._one_succeeded(mono_ns())
        self._report(self._stamps[-1] if self._stamps else mono_ns(), last=True)

    def _one_succeeded(self, now: int) -> None:
        """Of a chunk of one: the same report, with nothing to add up."""
        began, first, limit = self._stamps[0], self._first, recorder.limits().slow_ns
        took, number, region = now - began, sketch.bucket(now - began), recorder.region()
        if len(_lately) >= _MOST:
            _lately.clear()
        _lately[self._name] = took
        if not 0 <= limit <= took:
            return region.item_ran(
                self.pool, self.number, self.place, first, self.started, now, took, number, self.thread, self.bytes
            )
        slow = (SlowItem(first, began, now, self.args(first)),)
        region.chunk_ran(
            ChunkRan(
                self.pool, self.number, self.place, first, 1, 0, 0, self.started, now, took, True, ((number, 1),), slow,
                self.thread, self.bytes,
            )
        )  # fmt: skip

    def failed(self, now: int) -> None:
        """The item pulled last raised; those after it never ran."""
        offset, began = self.running()
        self._busy += now - began
        self._report(now, last=True, failed=1, rest=len(self.items) - offset - 1)

    def broken_off(self) -> None:
        """The worker ends in the middle of an item: report those before it."""
        self._fold()
        if self._count:
            self._report(mono_ns(), last=False)

    def _fold_block(self) -> None:
        try:
            self._fold()
            self._stamps.clear()
        except Exception as error:
            if patches.fault(self.group, error):
                raise

    def _fold(self) -> None:
        """Add the items that have ended to what the next report says."""
        stamps = self._stamps
        if len(stamps) < 2:
            return
        times = list(map(sub, islice(stamps, 1, None), stamps))
        self._busy += stamps[-1] - stamps[0]
        counts = self._counts
        for number, count in _buckets(times):
            counts[number] = counts.get(number, 0) + count
        limit = recorder.limits().slow_ns
        if limit >= 0 and max(times) >= limit:
            self._list_slow(times, limit)
        self._count += len(times)
        del stamps[:-1]
        if len(self._slow) > _BLOCK:
            self._report(stamps[-1], last=False)

    def _list_slow(self, times: list[int], limit: int) -> None:
        stamps, first = self._stamps, self._first + self._count
        self._slow += [
            SlowItem(first + at, stamps[at], stamps[at + 1], self.args(first + at))
            for at, time in enumerate(times)
            if time >= limit
        ]

    def _report(self, now: int, *, last: bool, failed: int = 0, rest: int = 0) -> None:
        self._fold()
        event = ChunkRan(
            self.pool, self.number, self.place, self._first, self._count, failed, rest, self.started, now, self._busy,
            last, tuple(self._counts.items()), tuple(self._slow), self.thread, self.bytes if last else -1,
        )  # fmt: skip
        recorder.region().chunk_ran(event)
        self._first += self._count
        self._count = self._busy = 0
        self._counts = {}
        self._slow = []
        self._flushed = now


def _buckets(times: list[int]) -> tuple[tuple[int, int], ...]:
    if len(times) < 4:
        counts: dict[int, int] = {}
        for time in times:
            number = sketch.bucket(time)
            counts[number] = counts.get(number, 0) + 1
        return tuple(counts.items())
    return tuple(sketch.buckets(times).items())
