"""Items of batches: all are counted; those that failed, were slow, were lost or never ran have rows."""

from __future__ import annotations

from itertools import chain, islice

from procscope.runtime.collector.fold import failures, progress
from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.collector.fold.state import (
    Batch,
    ChunkRows,
    Item,
    ItemRow,
    Open,
    Pool,
    Report,
    Run,
    Source,
    World,
)
from procscope.runtime.collector.fold.tasks import (
    COLUMN,
    UNKNOWN_FUNCTION,
    Ending,
    count,
    finish_batch,
    inserted,
    recount,
    touch,
    updated,
)
from procscope.runtime.events import ResultFailed, State

ROWS_AT_ONCE = 1000
"""So many items that never ran, or whose results were lost, get a row of their own at once; the others are counted."""
MOST_NOTED = 20_000
"""So many rows of one chunk are remembered until its results are sent."""


def announce(world: World, run: Run, pool: Pool, batch: Batch, total: int) -> None:
    """There are at least `total` items: those not announced yet are pending from now on."""
    more = total - batch.announced
    if more > 0:
        batch.announced = total
        pool.open += more
        run.open += more
        world.changes.runs.add(run)
        touch(world, pool)


def make_room(world: World, run: Run, pool: Pool, batch: Batch, n: int, at_us: int) -> None:
    """`n` items are about to end: those presumed closed are taken back, those nobody announced are announced."""
    take_back(world, run, pool, batch, n - batch.open, at_us)
    if n > batch.open:
        announce(world, run, pool, batch, batch.closed + n)


def take_back(world: World, run: Run, pool: Pool, batch: Batch, n: int, at_us: int) -> None:
    """Open `n` of the items again that were presumed closed, or as many as there are."""
    n = min(batch.presumed, n)
    if n <= 0:
        return
    name = COLUMN[State(batch.presumed_state)]
    batch.presumed -= n
    for holder in (run, pool, batch):
        setattr(holder, name, getattr(holder, name) - n)
    run.open += n
    pool.open += n
    world.changes.rollups.add(_key(world, run, pool, batch, batch.presumed_state, at_us), -n)
    world.changes.runs.add(run)
    touch(world, pool, batch)


def _key(world: World, run: Run, pool: Pool, batch: Batch, state: int, at_us: int) -> tuple[int, int, int, int, int]:
    return at_us // MINUTE_US, run.id, pool.id, func_of(world, batch), int(state)


def func_of(world: World, batch: Batch) -> int:
    """The id of its function's name."""
    return batch.func_id if batch.func_id is not None else world.func_id(UNKNOWN_FUNCTION)


def end(
    world: World, run: Run, pool: Pool, batch: Batch, state: int, n: int, at_us: int, busy: int = 0, waited: int = 0
) -> None:
    """Count `n` items of a batch that ended in `state`, `busy` ns in all, and add them to the rollups. Their chunk
    was `waited` µs for: so was each of them."""
    if n <= 0:
        return
    count(world, run, pool, batch, state, n)
    world.changes.rollups.add(_key(world, run, pool, batch, state, at_us), n, busy // 1000, n * waited)
    finish_batch(world, pool, batch, at_us)


def row(world: World, run: Run, pool: Pool, batch: Batch, index: int, ending: Ending) -> int:
    """The row of one item: the one it has since it was seen running, or a new one. Returns its id."""
    known = batch.rows.pop(index, None)
    if known is not None:
        updated(world, known, ending)
        return known.id
    return _new_row(world, run, pool, batch, index, ending).id


def _new_row(world: World, run: Run, pool: Pool, batch: Batch, index: int, ending: Ending) -> Open:
    task = Open(
        next(world.task_ids), func_of(world, batch), None, batch.submitted_us or None, batch.number, index
    )  # fmt: skip
    inserted(world, run, pool, batch.number, task, ending, batch)
    return task


def noted_row(source: Source, pool: Pool, batch: Batch, item: Item, base: int, ending: Ending) -> int:
    """As `row`, of an item of a chunk that begins at `base`: what is told of it later finds the row."""
    place = len(source.world.changes.tasks)
    task_id = row(source.world, source.run, pool, batch, base + item[3], ending)
    source.item_row = (place, task_id)
    note(source, item, task_id, ending)
    return task_id


def note(source: Source, item: Item, task_id: int, ending: Ending) -> None:
    """An item of this region's chunk has got its row."""
    if source.rows.chunk != item[:3]:
        source.rows = ChunkRows(item[:3], {})
    if len(source.rows.by_offset) < MOST_NOTED:
        source.rows.by_offset[item[3]] = (task_id, ending.started_us, ending.finished_us)
    progress.item_has_row(source, item, task_id)


def skip(world: World, run: Run, pool: Pool, batch: Batch, first: int, n: int, reason: str, at_us: int) -> None:
    """`n` items from index `first` are cancelled, with the reason."""
    batch.ended.add(first, n)
    end(world, run, pool, batch, State.CANCELLED, n, at_us)
    for index in range(first, first + min(n, ROWS_AT_ONCE)):
        row(world, run, pool, batch, index, Ending(State.CANCELLED, at_us, reason=reason))


def presume(world: World, run: Run, pool: Pool, batch: Batch, state: int, at_us: int, reason: str = "") -> None:
    """Close all that is open of a batch though no record told its end; one that comes after all puts it right.

    With a `reason` each item has a row that says it, as far as it is known which ones they are.
    """
    n, open_rows = batch.open, set(batch.rows)
    missing = list(batch.ended.gaps(batch.announced)) if reason else []
    batch.presumed += n
    batch.presumed_state = state
    end(world, run, pool, batch, state, n, at_us)
    batch.finished_us = batch.finished_us or at_us
    if sum(map(len, missing)) != n:
        missing = []
    for index in sorted({*open_rows, *islice(chain.from_iterable(missing), ROWS_AT_ONCE)}):
        _presumed_row(world, run, pool, batch, index, Ending(state, at_us, reason=reason or None))


def _presumed_row(world: World, run: Run, pool: Pool, batch: Batch, index: int, ending: Ending) -> None:
    known = batch.rows.get(index)
    if known is None:
        known = _new_row(world, run, pool, batch, index, ending)
    elif not known.presumed:
        updated(world, known, ending)
    batch.rows[index] = known._replace(presumed=True)


def resumed(source: Source, pool: Pool, batch: Batch, index: int, started_us: int) -> bool:
    """An item that was presumed never to run is seen to: it is open again. False: it was not presumed."""
    known = batch.rows.get(index)
    if known is None or not known.presumed or not batch.presumed:
        return False
    take_back(source.world, source.run, pool, batch, 1, started_us)
    batch.rows[index] = known._replace(presumed=False)
    updated(source.world, known, Ending(State.RUNNING, None, started_us, None, source.process.id))
    return True


def results_lost(source: Source, pool: Pool, event: ResultFailed, report: Report, batch: Batch) -> None:
    """The results of a whole chunk could not be sent: what of it had succeeded has failed, and says so."""
    at_us, n = source.us(event.at), report.succeeded
    failure_id = failures.record(source, event.raised, at_us, "result", None, batch.func_id)
    recount(source.world, source.run, pool, batch, State.SUCCEEDED, State.FAILED, n)
    for state, sign in ((State.SUCCEEDED, -1), (State.FAILED, 1)):
        key = _key(source.world, source.run, pool, batch, state, at_us)
        source.world.changes.rollups.add(key, sign * n, sign * (report.busy // 1000))
    whose = f"the results of {n} items of a chunk" if n > 1 else "its result"
    reason = f"{whose} could not be sent: {event.raised.message}"
    _tell_each(source, pool, report, batch, Ending(State.FAILED, at_us, reason=reason, failure_id=failure_id))


def _rows_of(source: Source, report: Report, batch: Batch) -> dict[int, ItemRow]:
    """What items of a chunk have rows, by offset: those that this collector wrote, and one before it."""
    rows = source.rows.by_offset if source.rows.chunk == report.key else {}
    if report.whole:
        return rows
    base = report.base
    before = source.world.items(batch.id, base, base + report.reached)
    return {index - base: row for index, row in before.items()} | rows


def _tell_each(source: Source, pool: Pool, report: Report, batch: Batch, ending: Ending) -> None:
    """Rows that are there are put right; the others are new, unless more are there than are remembered."""
    rows = _rows_of(source, report, batch)
    new = iter(range(ROWS_AT_ONCE if len(rows) < MOST_NOTED else 0))
    first = 0
    for offset in range(report.reached):
        found = rows.get(offset)
        if found is not None:
            task = Open(found[0], func_of(source.world, batch), None, None, batch.number, report.base + offset)
            updated(source.world, task, ending._replace(started_us=found[1], finished_us=found[2]))
            first = first or found[0]
        elif next(new, None) is not None:
            batch.folded = max(0, batch.folded - 1)
            task_id = row(source.world, source.run, pool, batch, report.base + offset, ending)
            first = first or task_id
    failures.link(source, first)
