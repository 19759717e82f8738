"""A primitive as it is gathered from its rows, and how those inside of others become a part of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.store.rows import End, Holder, Primitive

_HELD = frozenset({"Condition", "Value", "Array", "Pipe"})
"""Whoever holds the lock inside of one of these holds it; in others such a lock is their own business, until its
holder is dead."""
_COUNTED = frozenset({"Value", "Array", "Pipe"})
"""What the lock inside of these counts, or both ends of a pipe that goes both ways, is all there is to count."""
_SERVER = "Manager"
"""What it serves belongs to it and is no part of it."""
_COUNTS = 8


@dataclass(slots=True)
class Gathered:
    """One row of `primitives`, the sums over its uses (8 counts, 3 times in µs), its sketches, its people."""

    row: Sequence[Any]
    sums: list[int] = field(default_factory=lambda: [0] * 11)
    waits: Counter[int] = field(default_factory=Counter)
    holds: Counter[int] = field(default_factory=Counter)
    holders: list[Holder] = field(default_factory=list)
    waiters: list[Holder] = field(default_factory=list)
    producers: list[End] = field(default_factory=list)
    consumers: list[End] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)

    @property
    def uid(self) -> int:
        """Its uid."""
        return int(self.row[2])

    @property
    def owner(self) -> int | None:
        """The uid of what it is a part of."""
        return self.row[6]  # type: ignore[no-any-return]

    def use(self, process: Sequence[Any], counts: Sequence[Any], waits: str | None, holds: str | None) -> None:
        """Add what one process (id, pid, name) did: 8 counts and 3 times."""
        n = [int(count) for count in counts]
        self.sums = [a + b for a, b in zip(self.sums, n, strict=True)]
        add(self.waits, waits)
        add(self.holds, holds)
        _, _, _, items_in, items_out, bytes_in, bytes_out, _, wait_us, blocked_us, _ = n
        if items_in:
            self.producers.append(End(*[*process, items_in, bytes_in, blocked_us / 1e6]))
        if items_out:
            self.consumers.append(End(*[*process, items_out, bytes_out, wait_us / 1e6]))
        if process[1] and process[1] not in self.pids:
            self.pids.append(process[1])

    def primitive(self) -> Primitive:
        """The answer."""
        times = [us / 1e6 for us in self.sums[_COUNTS:]] + [*_quantiles(self.waits), *_quantiles(self.holds)]
        people: list[Sequence[Any]] = [self.holders, self.waiters, self.producers, self.consumers, self.pids]
        row = [*self.row]
        if row[3] == "Pipe" and row[13] is not None:
            row[13] = max(0, self.sums[3] - self.sums[4])
        return Primitive(*[*row, *self.sums[:_COUNTS], *times, *(tuple(some) for some in people)])

    def take_in(self, part: Gathered) -> None:
        """A part of it: who holds the part holds it, as far as that is of interest."""
        kind = self.row[3]
        whole = kind in _HELD
        self.holders += [holder for holder in part.holders if whole or not holder.alive]
        if whole:
            self.waiters += part.waiters
            self.holds += part.holds
        if kind in _COUNTED:
            self.sums = [a + b for a, b in zip(self.sums, part.sums, strict=True)]
            self.waits += part.waits
            self.producers = _joined(self.producers, part.producers)
            self.consumers = _joined(self.consumers, part.consumers)
            self.pids += [pid for pid in part.pids if pid not in self.pids]


def folded(found: Iterable[Gathered]) -> list[Gathered]:
    """Those that are no part of another, with their parts taken in; parts of pools are left out."""
    every = {one.uid: one for one in found}
    kept = []
    for one in every.values():
        root = _root(every, one)
        if root is one:
            kept.append(one)
        elif root is not None:
            root.take_in(one)
    return kept


def _root(every: dict[int, Gathered], part: Gathered) -> Gathered | None:
    """What it belongs to in the end, None for a pool or something nobody knows."""
    at: Gathered | None = part
    for _ in range(4):
        if at is None or at.owner is None:
            return at
        above = every.get(at.owner)
        if above is not None and above.row[3] == _SERVER:
            return at
        at = above
    return None


def _joined(ends: list[End], more: list[End]) -> list[End]:
    """The ends of two channels as those of one."""
    found = {end.process_id: end for end in ends}
    for end in more:
        known = found.get(end.process_id)
        if known is not None:
            items, size, wait = known.items + end.items, known.bytes + end.bytes, known.wait_s + end.wait_s
            end = replace(end, items=items, bytes=size, wait_s=wait)
        found[end.process_id] = end
    return list(found.values())


def add(counts: Counter[int], stored: str | None) -> None:
    """Add a stored sketch; what cannot be read counts for nothing."""
    try:
        for bucket, n in json.loads(stored or "[]"):
            counts[int(bucket)] += int(n)
    except (ValueError, TypeError):
        return


def _quantiles(counts: Counter[int]) -> tuple[float | None, float | None]:
    """p50 and p95 in seconds."""
    p50, p95 = (sketch.quantile(counts, q) for q in (0.5, 0.95))
    return (None if p50 is None else p50 / 1e9), (None if p95 is None else p95 / 1e9)
