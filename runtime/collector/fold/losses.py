"""What a dead process leaves behind: its slots say what it was at."""

from __future__ import annotations

from typing import Protocol

from procscope.runtime.collector.fold import chunks, items, tasks, turnover
from procscope.runtime.collector.fold.processes import words
from procscope.runtime.collector.fold.state import Batch, Pool, Process, Source
from procscope.runtime.collector.fold.tasks import Ending
from procscope.runtime.events import State

NEVER_RAN = "its worker died before it ran"
UNTOLD_NS = 250_000_000
"""A worker tells at least so often of the items that have ended."""


class Slot(Protocol):
    """What the journal's slot says: see journal.layout.Slot."""

    @property
    def pool(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def chunk(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def started(self) -> int: ...
    @property
    def args(self) -> str: ...


def lose(source: Source, slot: Slot, at_us: int) -> None:
    """The process is dead and its journal read to the end: what its slot names, and no record closed, is lost."""
    pool = source.run.pools.get(slot.pool)
    if pool is None or not slot.pool:
        return
    if slot.number in pool.fresh or slot.number in pool.rows:
        _lose_task(source, pool, slot, at_us)
    else:
        where = chunks.place(pool, slot.number, slot.chunk)
        report = source.report
        reached = report.reached if report and report.key == (slot.pool, slot.number, slot.chunk) else 0
        if where is not None and not (reached and report and report.done):
            _lose_chunk(source, pool, where, slot, reached, at_us)


def why(pool: Pool, process: Process) -> str:
    """The reason of a task that was in flight in `process`."""
    unseen = process.exit_code is None and not turnover.blamed(pool, process)
    swept_away = unseen or turnover.deliberate(pool, process)
    if swept_away and pool.state == "broken":
        return "the pool broke while it ran" + (f": {pool.reason}" if pool.reason else "")
    if swept_away and pool.state == "terminated":
        return "the pool was terminated while it ran"
    return words(process)


def _lose_task(source: Source, pool: Pool, slot: Slot, at_us: int) -> None:
    state = State.FAILED if slot.number in pool.failing else State.LOST
    reason = why(pool, source.process) if state == State.LOST else None
    started = source.us(slot.started)
    if state == State.LOST:
        task = pool.rows.get(slot.number)
        func_id = task.func_id if task is not None else source.world.func_id(pool.fresh[slot.number].func)
        _black_box(source, slot, func_id, task.item if task is not None else None)
    end = Ending(
        state, max(at_us, started), started, None, source.process.id, None, reason, None, slot.args or None
    )  # fmt: skip
    tasks.close(source.world, source.run, pool, slot.number, end)


def _lose_chunk(
    source: Source, pool: Pool, where: tuple[Batch, int, int], slot: Slot, reached: int, at_us: int
) -> None:
    world, run = source.world, source.run
    batch, base, size = where
    current = slot.offset
    after = max(reached, current + 1)
    items.make_room(world, run, pool, batch, after - reached, at_us)
    items.take_back(world, run, pool, batch, max(size, after) - reached - batch.open, at_us)
    batch.ended.add(base + reached, after - reached)
    if current > reached:
        _presumed_fine(source, pool, batch, base, slot, reached, at_us)
    if current >= reached:
        _current(source, pool, batch, base, slot, at_us)
    if size > after:
        items.skip(world, run, pool, batch, base + after, min(size - after, batch.open), NEVER_RAN, at_us)
    chunks.forget(world, run, pool, slot.number)


def _presumed_fine(source: Source, pool: Pool, batch: Batch, base: int, slot: Slot, first: int, at_us: int) -> None:
    """Items before the current one: it could only be reached past their success. When each began is not known, only
    that all had ended when the current one began."""
    n = slot.offset - first
    ending = Ending(State.SUCCEEDED, min(source.us(slot.started), at_us), process_id=source.process.id)
    for index in _with_rows(source, batch, base + first, n):
        items.noted_row(source, pool, batch, (slot.pool, slot.number, slot.chunk, index - base), base, ending)
    items.end(source.world, source.run, pool, batch, State.SUCCEEDED, n, at_us)
    source.process.tasks_done += n


def _with_rows(source: Source, batch: Batch, first: int, n: int) -> list[int]:
    """Which of `n` items from index `first` on have rows: those that have one, or all that may have been slow."""
    slow_ns = source.run.slow_ns
    if slow_ns == 0 or 0 < n * slow_ns <= UNTOLD_NS:
        untold = range(first, first + min(n, items.ROWS_AT_ONCE))
    else:
        untold = range(0)
    found = {*untold, *(index for index in batch.rows if first <= index < first + n)}
    batch.folded += n - len(found)
    return sorted(found)


def _current(source: Source, pool: Pool, batch: Batch, base: int, slot: Slot, at_us: int) -> None:
    if source.failed_item == (slot.pool, slot.number, slot.chunk, slot.offset):
        items.end(source.world, source.run, pool, batch, State.FAILED, 1, at_us)
        return
    _black_box(source, slot, batch.func_id, base + slot.offset)
    started = source.us(slot.started)
    end = Ending(
        State.LOST, max(at_us, started), started, None, source.process.id, None, why(pool, source.process), None,
        slot.args or None,
    )  # fmt: skip
    item = (slot.pool, slot.number, slot.chunk, slot.offset)
    items.noted_row(source, pool, batch, item, base, end)
    items.end(source.world, source.run, pool, batch, State.LOST, 1, at_us)


def _black_box(source: Source, slot: Slot, func_id: int | None, item: int | None) -> None:
    """What it was at stays with the dead process: the last look at its slot may have been before it began."""
    process = source.process
    process.current_task, process.current_func, process.current_index = slot.number, func_id, item
    process.current_since_us, process.current_args = source.us(slot.started), slot.args or None
    source.world.changes.processes.add(process)
