"""Batches and their chunks: items are counted, and get rows where they failed, were slow, were lost or never ran."""

from __future__ import annotations

from procscope.runtime.collector.fold import arrivals, failures, progress
from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.collector.fold.state import Batch, Chunk, Open, Pool, Report, Run, Source, World
from procscope.runtime.collector.fold.tasks import (
    COLUMN,
    UNKNOWN_FUNCTION,
    Ending,
    count,
    finish_batch,
    inserted,
    pool_of,
    recount,
    touch,
    updated,
)
from procscope.runtime.events import (
    BatchSubmitted,
    ChunkRan,
    ChunkSubmitted,
    ResultFailed,
    SlowItem,
    State,
    TaskFailed,
    TaskSubmitted,
)

ROWS_OF_A_CHUNK = 1000
"""So many items that never ran get a row of their own; the others are counted."""


def batch_of(source: Source, pool: Pool, number: int) -> Batch:
    """The batch of that number, made on first mention."""
    batch = pool.batches.get(number)
    if batch is None:
        batch = Batch(source.world.next_id("batches"), source.run.id, pool.id, number)
        pool.batches[number] = batch
        touch(source.world, batch)
    return batch


def batch_submitted(source: Source, event: BatchSubmitted) -> bool:
    """map & co. was called; told again when the length of its iterable becomes known."""
    pool = pool_of(source.run, source.world, event.pool)
    batch = batch_of(source, pool, event.number)
    batch.func_id, batch.method = source.world.func_id(event.func), event.method
    batch.chunksize, batch.known = event.chunksize, True
    batch.submitted_us = batch.submitted_us or source.us(event.at)
    pool.first_us = min(batch.submitted_us, pool.first_us or batch.submitted_us)
    if event.total >= 0:
        batch.total = event.total
        if not batch.itemised:
            announce(source, pool, batch, event.total)
    finish_batch(source.world, pool, batch, source.us(event.at))
    return True


def announce(source: Source, pool: Pool, batch: Batch, total: int) -> None:
    """There are at least `total` items: those not announced yet are pending from now on."""
    more = total - batch.announced
    if more > 0:
        batch.announced = total
        pool.open += more
        source.run.open += more
        source.world.changes.runs.add(source.run)
        touch(source.world, pool)


def itemise(source: Source, pool: Pool, event: TaskSubmitted) -> None:
    """The items of this batch are tasks of their own: count each when it comes, not all at once."""
    batch = batch_of(source, pool, event.batch)
    if not batch.itemised:
        batch.itemised = True
        pool.open -= batch.open
        source.run.open -= batch.open
        batch.announced = batch.closed
    batch.announced += 1


def chunk_submitted(source: Source, event: ChunkSubmitted) -> bool:
    """Executor.map put a chunk on the queue."""
    world, run = source.world, source.run
    pool = pool_of(run, world, event.pool)
    batch = batch_of(source, pool, event.batch)
    pool.chunks[event.number] = Chunk(event.batch, event.base, event.size)
    announce(source, pool, batch, max(batch.total or 0, event.base + event.size))
    world.changes.chunks[run.id, pool.id, event.number] = (batch.id, event.base, event.size)
    return True


def forget(world: World, run: Run, pool: Pool, number: int) -> None:
    """An executor's chunk is done: a row of it that is not written yet never will be."""
    if pool.chunks.pop(number, None) is not None:
        key = (run.id, pool.id, number)
        if world.changes.chunks.pop(key, None) is None:
            world.changes.chunks_done.append(key)


def place(pool: Pool, number: int, chunk: int) -> tuple[Batch, int, int] | None:
    """(batch, index of the chunk's first item, items in the chunk; -1 unknown), None if it was not submitted."""
    if chunk >= 0:
        batch = pool.batches.get(number)
        if batch is None or not batch.known:
            return None
        size = batch.chunksize or 1
        base = chunk * size
        return batch, base, size if batch.total is None else max(0, min(size, batch.total - base))
    found = pool.chunks.get(number)
    batch = pool.batches.get(found.batch) if found else None
    return (batch, found.base, found.size) if found is not None and batch is not None else None


def chunk_ran(source: Source, event: ChunkRan) -> bool:
    """Items ended; what is not told by a row of its own is counted."""
    world, run, pool = source.world, source.run, pool_of(source.run, source.world, event.pool)
    where = place(pool, event.number, event.chunk)
    if where is None:
        if not source.accept:
            return False
        where = (batch_of(source, pool, event.number), max(0, event.chunk), -1)
    batch, base, _ = where
    _make_room(source, pool, batch, base, event)
    at_us = source.us(event.ended)
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
        arrivals.chunk_ended(source, pool, batch, func_of(world, batch), event)
        forget(world, run, pool, event.number)
    source.item_row = (-1, 0)
    return True


def _make_room(source: Source, pool: Pool, batch: Batch, base: int, event: ChunkRan) -> None:
    """Items nobody announced are announced by their end; items presumed closed are taken back."""
    n = event.succeeded + event.failed + event.rest
    back = min(batch.presumed, max(0, n - batch.open))
    if back:
        _take_back(source, pool, batch, back, source.us(event.ended))
    if n > batch.open:
        announce(source, pool, batch, batch.closed + n)


def _take_back(source: Source, pool: Pool, batch: Batch, n: int, at_us: int) -> None:
    run, name = source.run, COLUMN[State(batch.presumed_state)]
    batch.presumed -= n
    for holder in (run, pool, batch):
        setattr(holder, name, getattr(holder, name) - n)
    run.open += n
    pool.open += n
    key = (at_us // MINUTE_US, run.id, pool.id, batch.func_id or 0, batch.presumed_state)
    source.world.changes.rollups.add(key, -n)


def func_of(world: World, batch: Batch) -> int:
    """The id of its function's name."""
    return batch.func_id if batch.func_id is not None else world.func_id(UNKNOWN_FUNCTION)


def end_items(
    world: World, run: Run, pool: Pool, batch: Batch, state: int, n: int, at_us: int, busy: int = 0, waited: int = 0
) -> None:
    """Count `n` items of a batch that ended in `state`, `busy` ns in all, and add them to the rollups. Their chunk
    was `waited` µs for: so was each of them."""
    if n <= 0:
        return
    count(world, run, pool, batch, state, n)
    key = (at_us // MINUTE_US, run.id, pool.id, func_of(world, batch), int(state))
    world.changes.rollups.add(key, n, busy // 1000, n * waited)
    finish_batch(world, pool, batch, at_us)


def _tally(source: Source, pool: Pool, batch: Batch, event: ChunkRan, at_us: int, waited: int) -> None:
    world, run = source.world, source.run
    busy_failed = event.busy * event.failed // max(1, event.succeeded + event.failed)
    end_items(world, run, pool, batch, State.SUCCEEDED, event.succeeded, at_us, event.busy - busy_failed, waited)
    end_items(world, run, pool, batch, State.FAILED, event.failed, at_us, busy_failed, waited)
    key = (at_us // MINUTE_US, run.id, pool.id, func_of(world, batch), int(State.SUCCEEDED))
    world.changes.rollups.spread(key, event.buckets)


def _rows(source: Source, pool: Pool, batch: Batch, base: int, event: ChunkRan) -> int:
    """Write the rows of slow items and end those seen running; returns how many succeeded items have one."""
    told: set[int] = set()
    for item in event.slow:
        if source.failed_item != (event.pool, event.number, event.chunk, item.offset):
            told.add(base + item.offset)
            _slow_item(source, pool, batch, base + item.offset, item, event.thread)
            progress.item_has_row(source, (event.pool, event.number, event.chunk, item.offset))
    upto = base + event.first + event.succeeded
    for index in [index for index in batch.rows if base + event.first <= index < upto and index not in told]:
        told.add(index)
        end = Ending(State.SUCCEEDED, source.us(event.ended), process_id=source.process.id)
        task = batch.rows.pop(index)
        updated(source.world, task, end)
        source.item_row = (-1, task.id)
        progress.item_has_row(source, (event.pool, event.number, event.chunk, index - base))
    return len(told)


def _slow_item(source: Source, pool: Pool, batch: Batch, index: int, item: SlowItem, thread: str) -> None:
    started, ended = source.us(item.started), source.us(item.ended)
    end = Ending(State.SUCCEEDED, ended, started, None, source.process.id, thread or None, args=item.args or None)
    noted_row(source, pool, batch, index, end)


def noted_row(source: Source, pool: Pool, batch: Batch, index: int, end: Ending) -> int:
    """As `item_row`; where the item is the whole chunk, the row waits for the chunk's result."""
    place = len(source.world.changes.tasks)
    task_id = item_row(source.world, source.run, pool, batch, index, end)
    source.item_row = (place, task_id)
    return task_id


def item_row(world: World, run: Run, pool: Pool, batch: Batch, index: int, end: Ending) -> int:
    """The row of one item: the one it has since it was seen running, or a new one. Returns its id."""
    known = batch.rows.pop(index, None)
    if known is not None:
        updated(world, known, end)
        return known.id
    func_id = func_of(world, batch)
    task = Open(next(world.task_ids), func_id, None, batch.submitted_us or None, batch.number, index)
    inserted(world, run, pool, batch.number, task, end)
    return task.id


def _never_ran(source: Source, pool: Pool, batch: Batch, base: int, event: ChunkRan, at_us: int) -> None:
    if event.rest > 0:
        first = event.first + event.succeeded + event.failed
        reason = f"item {first - 1} of its chunk raised"
        skip(source.world, source.run, pool, batch, base + first, event.rest, reason, at_us)


def skip(world: World, run: Run, pool: Pool, batch: Batch, first: int, n: int, reason: str, at_us: int) -> None:
    """`n` items from index `first` are cancelled, with the reason."""
    end_items(world, run, pool, batch, State.CANCELLED, n, at_us)
    for index in range(first, first + min(n, ROWS_OF_A_CHUNK)):
        item_row(world, run, pool, batch, index, Ending(State.CANCELLED, at_us, reason=reason))


def _note_report(source: Source, event: ChunkRan, batch: Batch, base: int) -> None:
    key = (event.pool, event.number, event.chunk)
    before = source.report.succeeded if source.report is not None and source.report.key == key else 0
    reached = event.first + event.succeeded + event.failed
    source.report = Report(*key, reached, event.last, before + event.succeeded, batch, base)


def item_failed(source: Source, event: TaskFailed) -> bool:
    """An item of a chunk raised: its row now, its count with the chunk's report that follows."""
    pool = pool_of(source.run, source.world, event.pool)
    where = place(pool, event.number, event.chunk)
    if where is None:
        if not source.accept:
            return False
        where = (batch_of(source, pool, event.number), max(0, event.chunk), -1)
    batch, base, _ = where
    started, ended = source.us(event.started), source.us(event.ended)
    failure_id = failures.record(source, event.raised, ended, "task", None, batch.func_id)
    end = Ending(State.FAILED, ended, started, None, source.process.id, None, None, failure_id, event.args or None)
    task_id = noted_row(source, pool, batch, base + max(0, event.offset), end)
    failures.link(source, task_id)
    source.failed_item = (event.pool, event.number, event.chunk, event.offset)
    progress.item_has_row(source, source.failed_item)
    return True


def result_failed(source: Source, event: ResultFailed) -> bool:
    """The results of a whole chunk could not be sent: its items failed, one row says so. False: not a chunk."""
    report, pool = source.report, pool_of(source.run, source.world, event.pool)
    if report is None or report.key[:2] != (event.pool, event.number) or report.batch is None or not report.succeeded:
        return False
    n, batch, at_us = report.succeeded, report.batch, source.us(event.at)
    recount(source.world, source.run, pool, batch, State.SUCCEEDED, State.FAILED, n)
    batch.folded = max(0, batch.folded - n)
    failure_id = failures.record(source, event.raised, at_us, "result", None, batch.func_id)
    reason = f"the results of {n} items of a chunk could not be sent: {event.raised.message}"
    end = Ending(State.FAILED, at_us, None, None, source.process.id, None, reason, failure_id)
    item_row(source.world, source.run, pool, batch, report.base, end)
    source.report = report._replace(succeeded=0)
    return True
