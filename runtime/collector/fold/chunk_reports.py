"""What workers tell of their chunks: items ended, one raised, the results could not be sent."""

from __future__ import annotations

from procscope.runtime.collector.fold import arrivals, failures, items
from procscope.runtime.collector.fold.chunks import batch_of, forget, place
from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.collector.fold.state import Batch, Pool, Report, Source
from procscope.runtime.collector.fold.tasks import Ending, pool_of
from procscope.runtime.events import ChunkRan, ResultFailed, SlowItem, State, TaskFailed


def chunk_ran(source: Source, event: ChunkRan) -> bool:
    """Items ended; what is not told by a row of its own is counted."""
    world, run, pool = source.world, source.run, pool_of(source.run, source.world, event.pool)
    where = _place(source, pool, event)
    if where is None:
        return False
    batch, base = where
    at_us = source.us(event.ended)
    n = event.succeeded + event.failed + event.rest
    items.make_room(world, run, pool, batch, n, at_us)
    batch.ended.add(base + event.first, n)
    with_row = _rows(source, pool, batch, base, event)
    batch.folded += max(0, event.succeeded - with_row)
    batch.busy_us += event.busy // 1000
    waited = max(0, source.us(event.started) - batch.submitted_us) if batch.submitted_us else 0
    pool.progress_us = max(at_us, pool.progress_us or 0)
    _tally(source, pool, batch, event, at_us, waited)
    _never_ran(source, pool, batch, base, event, at_us)
    source.process.tasks_done += event.succeeded + event.failed
    world.changes.processes.add(source.process)
    _note_report(source, event, batch, base)
    if event.last:
        batch.wait_us += waited
        arrivals.chunk_ended(source, pool, batch, items.func_of(world, batch), event)
        forget(world, run, pool, event.number)
    source.item_row = (-1, 0)
    return True


def _place(source: Source, pool: Pool, event: ChunkRan | TaskFailed) -> tuple[Batch, int] | None:
    """(batch, index of the chunk's first item), of a batch nobody knows of if there is no other; None: it waits for
    its submission."""
    where = place(pool, event.number, event.chunk)
    if where is not None:
        return where[:2]
    return (batch_of(source, pool, event.number), max(0, event.chunk)) if source.accept else None


def _tally(source: Source, pool: Pool, batch: Batch, event: ChunkRan, at_us: int, waited: int) -> None:
    world, run = source.world, source.run
    busy_failed = event.busy * event.failed // max(1, event.succeeded + event.failed)
    items.end(world, run, pool, batch, State.SUCCEEDED, event.succeeded, at_us, event.busy - busy_failed, waited)
    items.end(world, run, pool, batch, State.FAILED, event.failed, at_us, busy_failed, waited)
    key = (at_us // MINUTE_US, run.id, pool.id, items.func_of(world, batch), int(State.SUCCEEDED))
    world.changes.rollups.spread(key, event.buckets)


def _rows(source: Source, pool: Pool, batch: Batch, base: int, event: ChunkRan) -> int:
    """Write the rows of slow items and end those seen running; returns how many succeeded items have one."""
    told: set[int] = set()
    for item in event.slow:
        if source.failed_item != (event.pool, event.number, event.chunk, item.offset):
            told.add(base + item.offset)
            _slow_item(source, pool, batch, base, item, event)
    upto = base + event.first + event.succeeded
    for index in [index for index in batch.rows if base + event.first <= index < upto and index not in told]:
        told.add(index)
        end = Ending(State.SUCCEEDED, source.us(event.ended), process_id=source.process.id)
        items.noted_row(source, pool, batch, (event.pool, event.number, event.chunk, index - base), base, end)
    return len(told)


def _slow_item(source: Source, pool: Pool, batch: Batch, base: int, item: SlowItem, event: ChunkRan) -> None:
    end = Ending(
        State.SUCCEEDED, source.us(item.ended), source.us(item.started), None, source.process.id,
        event.thread or None, args=item.args or None,
    )  # fmt: skip
    items.noted_row(source, pool, batch, (event.pool, event.number, event.chunk, item.offset), base, end)


def _never_ran(source: Source, pool: Pool, batch: Batch, base: int, event: ChunkRan, at_us: int) -> None:
    if event.rest > 0:
        first = event.first + event.succeeded + event.failed
        reason = f"item {first - 1} of its chunk raised"
        items.skip(source.world, source.run, pool, batch, base + first, event.rest, reason, at_us)


def _note_report(source: Source, event: ChunkRan, batch: Batch, base: int) -> None:
    key = (event.pool, event.number, event.chunk)
    reached = event.first + event.succeeded + event.failed
    before = source.report
    if before is None or before.key != key:
        before = Report(*key, 0, False, 0, whole=not event.first)
    source.report = Report(
        *key, reached, event.last, before.succeeded + event.succeeded, batch, base, before.busy + event.busy,
        before.whole,
    )  # fmt: skip


def item_failed(source: Source, event: TaskFailed) -> bool:
    """An item of a chunk raised: its row now, its count with the chunk's report that follows."""
    pool = pool_of(source.run, source.world, event.pool)
    where = _place(source, pool, event)
    if where is None:
        return False
    batch, base = where
    started, ended = source.us(event.started), source.us(event.ended)
    failure_id = failures.record(source, event.raised, ended, "task", None, batch.func_id)
    end = Ending(State.FAILED, ended, started, None, source.process.id, None, None, failure_id, event.args or None)
    item = (event.pool, event.number, event.chunk, max(0, event.offset))
    failures.link(source, items.noted_row(source, pool, batch, item, base, end))
    source.failed_item = item
    return True


def result_failed(source: Source, event: ResultFailed) -> bool:
    """The result of a whole chunk could not be sent. False: it was not a chunk's."""
    report, pool = source.report, pool_of(source.run, source.world, event.pool)
    if report is None or report.key[:2] != (event.pool, event.number) or report.batch is None:
        return False
    if source.failed_item is not None and source.failed_item[:3] == report.key:
        return _exception_lost(source, event, report.batch)
    if not report.succeeded:
        return False
    items.results_lost(source, pool, event, report, report.batch)
    source.report = report._replace(succeeded=0)
    return True


def _exception_lost(source: Source, event: ResultFailed, batch: Batch) -> bool:
    """What could not be sent is the exception of the item that failed: the others are what they are."""
    row = source.rows.by_offset.get(source.failed_item[3]) if source.failed_item is not None else None
    failures.record(source, event.raised, source.us(event.at), "result", row[0] if row else None, batch.func_id)
    return True
