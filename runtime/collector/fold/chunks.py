"""Batches and their chunks: submitted, on their way, done."""

from __future__ import annotations

from procscope.runtime.collector.fold import items
from procscope.runtime.collector.fold.state import Batch, Chunk, Pool, Run, Source, World
from procscope.runtime.collector.fold.tasks import finish_batch, pool_of, touch
from procscope.runtime.events import BatchSubmitted, ChunkSubmitted, TaskSubmitted


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
            items.announce(source.world, source.run, pool, batch, event.total)
    finish_batch(source.world, pool, batch, source.us(event.at))
    return True


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
    items.announce(world, run, pool, batch, max(batch.total or 0, event.base + event.size))
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
