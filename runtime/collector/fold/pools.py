"""Pools: opened, closing, closed; and what becomes of their tasks when nobody is left to run them."""

from __future__ import annotations

from procscope.runtime.collector.fold import chunks, items
from procscope.runtime.collector.fold.state import Pool, Run, Source, World
from procscope.runtime.collector.fold.tasks import Ending, close, pool_of, touch
from procscope.runtime.events import PoolOpened, PoolState, State

OVER = ("terminated", "broken", "closed")
_ORDER = {"open": 0, "closing": 1, "closed": 2, "terminated": 3, "broken": 4}
AT_ONCE = 10_000
"""So many tasks are closed a transaction."""


def pool_opened(source: Source, event: PoolOpened) -> bool:
    """A Pool or Executor was made in this process."""
    pool = pool_of(source.run, source.world, event.pool)
    pool.kind, pool.size, pool.name = event.kind, event.size or None, event.name or None
    pool.unobserved = event.unobserved or None
    pool.start_method, pool.max_tasks = event.start_method or None, event.max_tasks or None
    pool.initializer, pool.site = event.initializer or None, event.site or None
    pool.opened_us = source.us(event.at)
    _owned(source, pool)
    if source.run.start_method is None and event.start_method:
        source.run.start_method = event.start_method
        source.world.changes.runs.add(source.run)
    touch(source.world, pool)
    return True


def pool_state(source: Source, event: PoolState) -> bool:
    """It takes no more work, or is gone. What is open in it is closed when its workers are gone too."""
    pool = pool_of(source.run, source.world, event.pool)
    if _ORDER.get(event.state, 0) > _ORDER.get(pool.state, 0):
        pool.state = event.state
    if event.state in OVER and pool.closed_us is None:
        pool.closed_us = source.us(event.at)
    if event.reason or event.culprits:
        pool.reason = _blame(event.culprits) if event.culprits else event.reason
    if not pool.owner:
        _owned(source, pool)
    touch(source.world, pool)
    return True


def _owned(source: Source, pool: Pool) -> None:
    pool.owner, pool.process_id = source.process.uid, source.process.id
    if pool.uid not in source.process.owned:
        source.process.owned.append(pool.uid)


def _blame(culprits: tuple[int, ...]) -> str:
    return ("worker " if len(culprits) == 1 else "workers ") + ", ".join(map(str, culprits)) + " died"


def over(pool: Pool) -> bool:
    """Whether the program is done with it."""
    return pool.state in OVER


def orphaned(world: World, pool: Pool, at_us: int) -> None:
    """Its owner has ended: so has it, whether that closed it or not."""
    if not over(pool):
        pool.state, pool.closed_us = "closed", at_us
        pool.reason = pool.reason or pool.owner_end
    touch(world, pool)


def why_never_ran(pool: Pool, owner_words: str) -> str:
    """The reason of tasks that nobody will run. `owner_words` tells the end of its owner, '' while that lives."""
    if pool.state == "broken":
        return "the pool broke before it ran" + (f": {pool.reason}" if pool.reason else "")
    if over(pool) and not (owner_words and pool.reason == owner_words):
        return f"the pool was {pool.state} before it ran"
    return f"{owner_words} before it ran"


def settle(world: World, run: Run, pool: Pool, busy: set[int], at_us: int, owner_words: str = "") -> bool:
    """Close what is open and not in `busy` (numbers that a live worker's slot names); False if there is more to do."""
    reason = why_never_ran(pool, owner_words)
    numbers = _some(pool, busy)
    for number in numbers:
        close(world, run, pool, number, _unfinished(number in pool.seen, reason, at_us))
    batches = {pool.chunks[number].batch for number in busy if number in pool.chunks} | busy
    for batch in list(pool.batches.values()):
        if batch.number not in batches and batch.open and not batch.itemised:
            items.presume(world, run, pool, batch, State.CANCELLED, at_us, reason)
    if not pool.workers:
        _forget_chunks(world, run, pool, busy)
    return len(numbers) < AT_ONCE


def _forget_chunks(world: World, run: Run, pool: Pool, busy: set[int]) -> None:
    """As long as a worker lives it may run, and tell of, what its pool's queue still holds."""
    for number in [number for number in pool.chunks if number not in busy]:
        chunks.forget(world, run, pool, number)


def settled(pool: Pool) -> bool:
    """Whether nothing is left to do in a pool nobody works for any more."""
    return not pool.open and not (pool.chunks and pool.workers)


def _unfinished(started: bool, reason: str, at_us: int) -> Ending:
    if started:
        return Ending(State.LOST, at_us, reason=reason.replace("before it ran", "while it ran"))
    return Ending(State.CANCELLED, at_us, reason=reason)


def _some(pool: Pool, busy: set[int]) -> list[int]:
    found = []
    for group in (pool.fresh, pool.rows):
        for number in group:
            if number not in busy:
                found.append(number)
            if len(found) >= AT_ONCE:
                return found
    return found
