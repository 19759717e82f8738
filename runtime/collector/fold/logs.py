"""Log records and last words, beside the task they were said in."""

from __future__ import annotations

from procscope.runtime.collector.fold import chunks, items, seal, tasks
from procscope.runtime.collector.fold.state import Batch, Open, Pool, Process, Run, Source, World
from procscope.runtime.collector.fold.tasks import Ending
from procscope.runtime.events import Logged, State

LOGGING, STDERR = "logging", "stderr"


def logged(source: Source, event: Logged) -> bool:
    """A record of WARNING or above. False: it waits for the submission of its task."""
    task_id: int | None = None
    if event.pool or event.number:
        task_id = row_of(source, event.pool, event.number, event.chunk, event.offset, source.us(event.at))
        if task_id is None and not source.accept:
            return False
    source.world.changes.logs.append((
        source.world.next_id("logs"), source.run.id, source.process.id, task_id, source.us(event.at), LOGGING,
        event.level, event.logger or None, event.site or None, event.message,
    ))  # fmt: skip
    return True


def last_words(world: World, run: Run, process: Process, task_id: int | None, at_us: int, text: str) -> None:
    """What a process that ended badly wrote to standard error last."""
    number = world.next_id("logs")
    world.changes.logs.append((number, run.id, process.id, task_id, at_us, STDERR, None, None, None, text))


def row_of(source: Source, uid: int, number: int, chunk: int, offset: int, started_us: int) -> int | None:
    """The id of the row of an open task or item, which gets one if it has none; None where it is not known (yet)."""
    pool = source.run.pools.get(uid)
    if pool is None:
        return None
    if number in pool.fresh:
        return seal.write(source.world, source.run, pool, number).id
    if number in pool.rows:
        return pool.rows[number].id
    where = chunks.place(pool, number, chunk)
    if where is None:
        return None
    batch, base, _ = where
    return item_row(source, pool, batch, base + max(0, offset), started_us)


def item_row(source: Source, pool: Pool, batch: Batch, item: int, started_us: int, args: str = "") -> int:
    """The row of an item that runs, made if it has none; its end will find it. Returns its id."""
    known = batch.rows.get(item)
    if known is not None:
        return known.id
    world = source.world
    row = Open(
        next(world.task_ids), items.func_of(world, batch), args or None, batch.submitted_us or None, batch.number, item
    )  # fmt: skip
    end = Ending(State.RUNNING, None, started_us, None, source.process.id)
    tasks.inserted(world, source.run, pool, batch.number, row, end, batch)
    batch.rows[item] = row
    return row.id
