"""A run in memory: regions fed with events, and the rows that come out, as the database would hold them."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import losses, pools, processes, seal, stream
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.state import Batch, Found, ItemRow, Process, Run, Source, World
from procscope.runtime.events import Event, State
from procscope.runtime.journal.layout import Slot

POOL = 50
RAISED = ev.Raised("ValueError", "no", (ev.Frame("/job.py", 3, "f", "raise ValueError", True),))
_UPDATED = ("state", "process_id", "thread", "args", "started_us", "finished_us", "duration_us", "failure_id", "reason")
_SPLIT = ("arrived_us", "bytes_in", "bytes_out")
_ROW = (
    "id", "run_id", "pool_id", "batch_id", "item", "number", "func_id", "state", "process_id", "thread", "args",
    "submitted_us", "started_us", "finished_us", "duration_us", "failure_id", "reason",
    "arrived_us", "bytes_in", "bytes_out", "progress_done", "progress_total", "progress_text",
)  # fmt: skip


class House:
    """One run with regions by name. `feed` folds, `commit` seals and applies the rows."""

    def __init__(self) -> None:
        ids = {
            name: itertools.count(1)
            for name in ("pools", "processes", "batches", "failures", "functions", "runs", "tasks", "logs")
        }
        self.run = Run(1, "ab")
        self.run.delta = 0
        self.world = World(
            Changes(), ids["tasks"], lambda name: next(ids[name]), {}, self._find, lambda _: None, self._items
        )
        self.rows: dict[int, dict[str, Any]] = {}
        self.failures: list[tuple[Any, ...]] = []
        self.counted: Counter[tuple[int, int]] = Counter()
        self.sketched = 0
        self.logs: list[tuple[Any, ...]] = []
        self.moved = [0, 0, 0, 0]
        self.batches: set[Batch] = set()
        self.waiting: dict[str, list[Event]] = {}
        self._sources: dict[str, Source] = {}

    def _find(self, _run: int, pool_id: int, number: int) -> Found | None:
        for row in self.rows.values():
            if (
                row["number"] == number
                and (row["pool_id"] or 0) == pool_id
                and row["state"] > 1
                and not row["batch_id"]
            ):
                return Found(
                    row["id"], row["func_id"], row["state"], row["submitted_us"], row["started_us"],
                    row["finished_us"], row["failure_id"],
                )  # fmt: skip
        return None

    def _items(self, batch_id: int, first: int, end: int) -> dict[int, ItemRow]:
        return {
            row["item"]: (row["id"], row["started_us"], row["finished_us"])
            for row in self.rows.values()
            if row["batch_id"] == batch_id and first <= row["item"] < end and row["state"] > 1
        }

    def process(self, uid: int, parent: int = 0, pool: int = 0) -> Process:
        """The process of that uid, as its journal's header would tell it."""
        process = processes.process_of(self.world, self.run, uid)
        process.pid = process.pid or 4000 + uid
        processes.placed(Source(self.world, self.run, process, 0), process, parent, pool, "")
        return process

    def source(self, name: str, uid: int = 1, parent: int = 0, pool: int = 0) -> Source:
        """The region of that name."""
        if name not in self._sources:
            self._sources[name] = Source(self.world, self.run, self.process(uid, parent, pool), 0)
        return self._sources[name]

    def feed(
        self, name: str, *events: Event, uid: int = 1, parent: int = 0, pool: int = 0, accept: bool = False
    ) -> int:
        """Fold events of a region after those that wait there; returns how many still wait."""
        source = self.source(name, uid, parent, pool)
        todo = [*self.waiting.pop(name, []), *events]
        source.accept = accept
        at = stream.fold(source, todo, 0, len(todo))
        source.accept = False
        if at < len(todo):
            self.waiting[name] = todo[at:]
        return len(todo) - at

    def end(self, name: str, exit_code: int | None, slot: Slot | None = None, at: int = 9_000_000_000) -> None:
        """The region's process dies, its journal read to the end."""
        source = self.source(name)
        source.process.exit_code = exit_code
        if slot is not None:
            losses.lose(source, slot, at // 1000)
        processes.ended(self.world, self.run, source.process, exit_code, at // 1000)

    def settle(self, uid: int = POOL, owner: str = "") -> None:
        """Nobody is left to run what waits in the pool."""
        while not pools.settle(self.world, self.run, self.run.pools[uid], set(), 9_000_000, owner):
            pass

    def commit(self) -> None:
        """Seal the transaction and apply it."""
        seal.seal(self.world, {1: self.run})
        changes = self.world.changes
        for values in changes.tasks:
            row = dict(zip(_ROW, values, strict=True))
            assert row["id"] not in self.rows, "a task was inserted twice"
            self.rows[row["id"]] = row
        for values in changes.updates:
            self._update(values, _UPDATED + _SPLIT)
        for values in changes.arrivals:
            self._update(values, _SPLIT)
        for values in changes.progress:
            self._update(values, ("progress_done", "progress_total", "progress_text"))
        self.failures += changes.failures
        self.logs += changes.logs
        for key in changes.rollups.counts():
            self.counted[key[3], key[4]] += key[5]
            self.moved = [sum(pair) for pair in zip(self.moved, key[8:], strict=True)]
        self.batches |= changes.batches
        self.sketched += sum(row[5] for row in changes.rollups.durations())
        self.world.changes = Changes()

    def _update(self, values: Sequence[Any], names: Sequence[str]) -> None:
        row = self.rows[values[-1]]
        for name, value in zip(names, values[:-1], strict=True):
            if value is not None or name in ("finished_us", "duration_us", "reason"):
                row[name] = value

    def counts(self, thing: Any = None) -> dict[str, int]:
        """The counts by state of the run (or of a pool or batch) that are not 0."""
        thing = thing or self.run
        names = ("pending", "running", "succeeded", "failed", "cancelled", "lost")
        return {name: n for name in names if (n := getattr(thing, name, 0))}

    def states(self) -> dict[str, int]:
        """Rows by state."""
        return dict(Counter(State(row["state"]).name.lower() for row in self.rows.values()))

    def by_number(self, number: int) -> dict[str, Any]:
        """The row of a task."""
        (row,) = [row for row in self.rows.values() if row["number"] == number]
        return row

    def check(self) -> None:
        """What always holds: the run's counts are its pools', and the rollups count what has ended."""
        for name in ("pending", "succeeded", "failed", "cancelled", "lost"):
            assert getattr(self.run, name) == sum(getattr(pool, name) for pool in self.run.pools.values()), name
        ended = Counter[int]()
        for (_, state), n in self.counted.items():
            ended[state] += n
        for state in (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.LOST):
            assert ended[state] == getattr(self.run, state.name.lower()), state.name


def opened(kind: str = "Pool", size: int = 2) -> ev.PoolOpened:
    """A pool of the usual kind."""
    return ev.PoolOpened(1000, POOL, kind, size, "images", "fork", 0, "", "job.py:1")


def submitted(number: int, args: str = "", batch: int = -1, item: int = -1) -> ev.TaskSubmitted:
    """A submission at a time that tells its number."""
    return ev.TaskSubmitted(1_000_000 + number * 1000, POOL, number, "job.f", args, batch, item)


def ran(number: int, outcome: State = State.SUCCEEDED) -> ev.TaskRan:
    """An end 5 ms after the start."""
    start = 2_000_000 + number * 1000
    return ev.TaskRan(POOL, number, start, start + 5_000_000, outcome)


def failed(number: int, chunk: int = -1, offset: int = -1) -> ev.TaskFailed:
    """The exception of a call."""
    return ev.TaskFailed(POOL, number, chunk, offset, 2_000_000, 3_000_000, f"({number},)", RAISED)


def mapped(number: int, total: int, chunksize: int) -> ev.BatchSubmitted:
    """A map call."""
    return ev.BatchSubmitted(1_000_000, POOL, number, "job.g", "map", total, chunksize)


def chunk(
    number: int, place: int, first: int, good: int, bad: int = 0, rest: int = 0, *, last: bool = True,
    slow: tuple[ev.SlowItem, ...] = (),
) -> ev.ChunkRan:  # fmt: skip
    """A report of a chunk."""
    return ev.ChunkRan(
        POOL, number, place, first, good, bad, rest, 2_000_000, 4_000_000, 1_000_000, last, ((100, good),), slow
    )  # fmt: skip


def interleaved(regions: dict[str, list[Event]], seed: int) -> list[tuple[str, Event]]:
    """All events in some order that keeps each region's own."""
    chance = random.Random(seed)
    left = {name: list(items) for name, items in regions.items()}
    order: list[tuple[str, Event]] = []
    while any(left.values()):
        name = chance.choice([name for name, items in left.items() if items])
        order.append((name, left[name].pop(0)))
    return order
