"""Tasks and batches that will not run, as their own program says."""

from __future__ import annotations

from procscope.runtime.collector.fold import chunks, failures, items, tasks
from procscope.runtime.collector.fold.state import Batch, Pool, Source
from procscope.runtime.collector.fold.tasks import Ending, pool_of
from procscope.runtime.events import CLOSED_STATES, State, TaskDropped, TaskSettled


def task_dropped(source: Source, event: TaskDropped) -> bool:
    """A task, an executor's chunk or a batch was cancelled, or could not be sent to a worker."""
    pool = pool_of(source.run, source.world, event.pool)
    state = State.FAILED if event.outcome == State.FAILED else State.CANCELLED
    if event.number in pool.fresh or event.number in pool.rows:
        _drop_task(source, pool, event, state)
    elif event.number in pool.chunks:
        _drop_chunk(source, pool, event, state)
    elif event.number in pool.batches and event.chunk >= 0:
        return _drop_part(source, pool, event, state)
    elif event.number in pool.batches:
        _drop_batch(source, pool, pool.batches[event.number], event, state)
    else:
        return source.accept
    return True


def task_settled(source: Source, event: TaskSettled) -> bool:
    """A task of an executor that is seen from outside only is over."""
    pool = pool_of(source.run, source.world, event.pool)
    if event.number not in pool.fresh and event.number not in pool.rows:
        return source.accept
    state = next((state for state in CLOSED_STATES if state == event.outcome), State.LOST)
    _drop_task(source, pool, event, state)
    pool.progress_us = max(source.us(event.at), pool.progress_us or 0)
    return True


def _failure(source: Source, event: TaskDropped | TaskSettled, func_id: int | None) -> int | None:
    if event.raised is None:
        return None
    return failures.record(source, event.raised, source.us(event.at), "task", None, func_id)


def _name_task(source: Source, failure_id: int | None, task_id: int) -> None:
    if failure_id is not None:
        failures.link(source, task_id)


def _drop_task(source: Source, pool: Pool, event: TaskDropped | TaskSettled, state: State) -> None:
    fresh, row = pool.fresh.get(event.number), pool.rows.get(event.number)
    func_id = source.world.func_id(fresh.func) if fresh is not None else row.func_id if row is not None else None
    failure_id = _failure(source, event, func_id)
    end = Ending(state, source.us(event.at), reason=event.reason or None, failure_id=failure_id)
    found = tasks.close(source.world, source.run, pool, event.number, end)
    if found is not None:
        _name_task(source, failure_id, found.id)


def _drop_chunk(source: Source, pool: Pool, event: TaskDropped, state: State) -> None:
    chunk = pool.chunks[event.number]
    batch = pool.batches.get(chunk.batch)
    chunks.forget(source.world, source.run, pool, event.number)
    if batch is not None:
        _drop_items(source, pool, batch, chunk.base, chunk.size, event, state)


def _drop_part(source: Source, pool: Pool, event: TaskDropped, state: State) -> bool:
    """One chunk of a Pool's batch; the others go on."""
    where = chunks.place(pool, event.number, event.chunk)
    if where is None:
        return source.accept
    _drop_items(source, pool, where[0], where[1], max(1, event.size), event, state)
    return True


def _drop_items(
    source: Source, pool: Pool, batch: Batch, base: int, size: int, event: TaskDropped, state: State
) -> None:
    at_us, n = source.us(event.at), min(size, batch.open)
    failure_id = _failure(source, event, batch.func_id)
    batch.ended.add(base, size)
    items.end(source.world, source.run, pool, batch, state, n, at_us)
    end = Ending(state, at_us, reason=event.reason or None, failure_id=failure_id)
    for index in range(base, base + min(n, items.ROWS_AT_ONCE)):
        task_id = items.row(source.world, source.run, pool, batch, index, end)
        if index == base:
            _name_task(source, failure_id, task_id)


def _drop_batch(source: Source, pool: Pool, batch: Batch, event: TaskDropped, state: State) -> None:
    """What of the batch has not ended: where it is an error, one row stands for it."""
    at_us, reason = source.us(event.at), event.reason
    failure_id = _failure(source, event, batch.func_id)
    if failure_id is not None:
        end = Ending(state, at_us, reason=reason or None, failure_id=failure_id)
        _name_task(source, failure_id, items.row(source.world, source.run, pool, batch, -1, end))
        reason = ""
    if batch.open and not batch.itemised:
        items.presume(source.world, source.run, pool, batch, state, at_us, reason)
