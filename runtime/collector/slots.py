"""Slots → what runs now: running counts, rows of tasks that run long enough to be seen, processes' current task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from procscope.runtime.collector.fold import chunks, items, logs, seal, tasks
from procscope.runtime.collector.fold.losses import Slot
from procscope.runtime.collector.fold.state import Batch, Pool, Process, Run, Seen, Source, World
from procscope.runtime.collector.fold.tasks import Ending
from procscope.runtime.events import State

TASK_SEEN_NS = 100_000_000
ITEM_SEEN_NS = 500_000_000
REFRESH_US = 1_000_000

Current = tuple[int, int | None, int | None, int, str | None]
"""number, function, item, since (µs), arguments: the order of a process's current_* columns."""


class Running:
    """One look at all slots of a run. Feed it `see` for each busy slot, then `settle`."""

    def __init__(self, world: World, run: Run, now: int) -> None:
        self._world = world
        self._run = run
        self._now = now
        self._counts: Counter[Pool | Batch] = Counter()
        self._current: dict[Process, Current] = {}
        self.busy: dict[int, set[int]] = {}

    def see(self, source: Source, slot: Slot) -> None:
        """A thread is at a task or at an item of a chunk."""
        pool = self._run.pools.get(slot.pool)
        if pool is None:
            return
        if slot.number in pool.rows or slot.number in pool.fresh:
            self._task(source, pool, slot)
            return
        where = chunks.place(pool, slot.number, slot.chunk)
        if where is None and slot.chunk < 0 and pool.owner_end and tasks.resumed(source, pool, slot.number):
            self._task(source, pool, slot)
            return
        report = source.report
        mine = report is not None and report.key == (slot.pool, slot.number, slot.chunk)
        if where is not None and not (mine and report is not None and report.done):
            self._item(source, pool, where, slot)

    def _task(self, source: Source, pool: Pool, slot: Slot) -> None:
        self._counts[pool] += 1
        self.busy.setdefault(pool.uid, set()).add(slot.number)
        started_us = source.us(slot.started)
        if self._now - slot.started >= TASK_SEEN_NS and slot.number not in pool.seen:
            seen = Seen(source.process.id, started_us, None)
            mark_running(self._world, self._run, pool, slot.number, seen, slot.args)
        task = pool.rows.get(slot.number)
        if task is not None and task.batch != -1 and (batch := pool.batches.get(task.batch)) is not None:
            self._counts[batch] += 1
        submitted = pool.fresh.get(slot.number)
        func_id = task.func_id if task is not None else self._world.func_id(pool.fresh[slot.number].func)
        # Seen in the pass that brought its submission it has no row yet, and is not looked at again while it runs.
        told = task.args if task is not None else submitted.args if submitted is not None else None
        args = slot.args or told or None
        self._now_at(source.process, (slot.number, func_id, task.item if task else None, started_us, args))

    def _item(self, source: Source, pool: Pool, where: tuple[Batch, int, int], slot: Slot) -> None:
        batch, base, _ = where
        self.busy.setdefault(pool.uid, set()).add(slot.number)
        item, started_us = base + slot.offset, source.us(slot.started)
        if slot.offset < 0 or not (items.resumed(source, pool, batch, item, started_us) or batch.open):
            return
        self._counts[pool] += 1
        self._counts[batch] += 1
        if self._now - slot.started >= ITEM_SEEN_NS and item not in batch.rows:
            logs.item_row(source, pool, batch, item, started_us, slot.args)
        self._now_at(source.process, (slot.number, batch.func_id, item, started_us, slot.args or None))

    def _now_at(self, process: Process, current: Current) -> None:
        known = self._current.get(process)
        if known is None or current[3] < known[3]:
            self._current[process] = current

    def plain(self) -> None:
        """Plain processes are tasks too: those alive run."""
        pool = self._run.pools.get(0)
        for uid in [*pool.fresh, *pool.rows] if pool is not None else ():
            process = self._run.processes.get(uid)
            if pool is None or process is None or process.state != "running" or process.started_us is None:
                continue
            if uid not in self.busy.get(0, ()):
                self._counts[pool] += 1
                self.busy.setdefault(0, set()).add(uid)
            if uid not in pool.seen:
                seen = Seen(process.id, process.started_us, None)
                mark_running(self._world, self._run, pool, uid, seen, "")
            task = pool.rows[uid]
            if process not in self._current:
                self._current[process] = (uid, task.func_id, None, process.started_us, task.args)

    def settle(self, before: Iterable[Pool | Batch], live: Iterable[Process], now_us: int) -> set[Pool | Batch]:
        """Write the counts and the current tasks that changed; returns what has something running."""
        for thing in {*before, *self._counts}:
            n = min(self._counts[thing], thing.open if isinstance(thing, Pool) else max(thing.open, 0))
            if thing.running != n:
                thing.running = n
                tasks.touch(self._world, thing)
        total = sum(thing.running for thing in self._counts if isinstance(thing, Pool))
        if self._run.running != total:
            self._run.running = total
            self._world.changes.runs.add(self._run)
        for process in live:
            self._show(process, self._current.get(process), now_us)
        return set(self._counts)

    def _show(self, process: Process, current: Current | None, now_us: int) -> None:
        since = process.current_since_us
        if current is None:
            if since is None:
                return
            current = (None, None, None, None, None)  # type: ignore[assignment]
        elif since == current[3] or (since is not None and _brief(current[3], since, now_us)):
            return
        (process.current_task, process.current_func, process.current_index, process.current_since_us,
         process.current_args) = current  # type: ignore[misc]  # fmt: skip
        self._world.changes.processes.add(process)


def _brief(since: int, shown: int, now_us: int) -> bool:
    """Whether a new current task is too short yet to be worth a row, since another was shown a moment ago."""
    return now_us - since < TASK_SEEN_NS // 1000 and now_us - shown < REFRESH_US


def mark_running(world: World, run: Run, pool: Pool, number: int, seen: Seen, args: str) -> None:
    """The row of an open task says running, since when and where."""
    if number in pool.fresh:
        seal.write(world, run, pool, number)
        # Its row is an insert of this transaction: the update that follows is applied after it.
    task = pool.rows[number]
    pool.seen[number] = seen
    end = Ending(
        State.RUNNING, None, seen.started_us, None, seen.process_id, seen.thread, None, None, args or None
    )  # fmt: skip
    tasks.updated(world, task, end)
