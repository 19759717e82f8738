"""Single tasks: opened, seen running, closed once, and put right when a later record knows better."""

from __future__ import annotations

from typing import Any, NamedTuple

from procscope.runtime.collector.fold import arrivals
from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.collector.fold.state import Batch, Failing, Found, Open, Pool, Run, Seen, Source, World
from procscope.runtime.events import State, TaskRan, TaskSubmitted

COLUMN = {State.SUCCEEDED: "succeeded", State.FAILED: "failed", State.CANCELLED: "cancelled", State.LOST: "lost"}
UNKNOWN_FUNCTION = "?"


class Ending(NamedTuple):
    """How a task ended. Times are None where it never ran; `nanoseconds` is the exact duration where known."""

    state: int
    finished_us: int | None
    started_us: int | None = None
    nanoseconds: int | None = None
    process_id: int | None = None
    thread: str | None = None
    reason: str | None = None
    failure_id: int | None = None
    args: str | None = None
    received: int | None = None
    arrived_us: int | None = None
    sent: int | None = None


def pool_of(run: Run, world: World, uid: int) -> Pool:
    """The run's pool of that uid, made on first mention; what it is may be told later."""
    pool = run.pools.get(uid)
    if pool is None:
        pool = run.pools[uid] = Pool(world.next_id("pools") if uid else 0, run.id, uid)
        touch(world, pool)
    return pool


def touch(world: World, *things: Any) -> None:
    """Have the rows of pools and batches written."""
    for thing in things:
        if isinstance(thing, Pool):
            world.changes.pools.add(thing)
        elif isinstance(thing, Batch):
            world.changes.batches.add(thing)


def count(world: World, run: Run, pool: Pool, batch: Batch | None, state: int, n: int) -> None:
    """`n` open tasks have ended in `state`."""
    name = COLUMN[State(state)]
    for holder in (run, pool, batch):
        if holder is not None:
            setattr(holder, name, getattr(holder, name) + n)
    run.open -= n
    pool.open -= n
    world.changes.runs.add(run)
    touch(world, pool, batch)


def recount(world: World, run: Run, pool: Pool, batch: Batch | None, was: int, now: int, n: int) -> None:
    """`n` ended tasks turn out to have ended otherwise."""
    run.open += n
    pool.open += n
    for holder in (run, pool, batch):
        if holder is not None:
            name = COLUMN[State(was)]
            setattr(holder, name, getattr(holder, name) - n)
    count(world, run, pool, batch, now, n)


def inserted(
    world: World, run: Run, pool: Pool, number: int, task: Open, end: Ending, batch: Batch | None = None
) -> None:
    """A row for a task that had none; `batch` where the pool may have let go of it."""
    batch = batch or pool.batches.get(task.batch)
    world.changes.tasks.append((
        task.id, run.id, pool.id or None, batch.id if batch else None, task.item, number, task.func_id, end.state,
        end.process_id, end.thread, end.args or task.args, task.submitted_us, end.started_us, end.finished_us,
        _duration(end), end.failure_id or task.failure_id, end.reason, end.arrived_us, end.received, end.sent,
        None, None, None,
    ))  # fmt: skip


def updated(world: World, task: Open, end: Ending) -> None:
    """The row of a task that has one."""
    world.changes.updates.append((
        end.state, end.process_id, end.thread, end.args or task.args, end.started_us, end.finished_us,
        _duration(end), end.failure_id or task.failure_id, end.reason, end.arrived_us, end.received, end.sent, task.id,
    ))  # fmt: skip


def _duration(end: Ending) -> int | None:
    if end.started_us is None or end.finished_us is None:
        return None
    return end.finished_us - end.started_us


def opened(world: World, run: Run, event: TaskSubmitted, task_id: int = 0, failure_id: int | None = None) -> Open:
    """What is kept of a submission that outlives its transaction."""
    return Open(
        task_id or next(world.task_ids), world.func_id(event.func), event.args or None,
        (event.at + (run.delta or 0)) // 1000, event.batch, event.index if event.batch != -1 else None, failure_id,
    )  # fmt: skip


def submit(source: Source, event: TaskSubmitted) -> None:
    """A task is pending from now on; one that is known already is not counted twice."""
    run = source.run
    pool = pool_of(run, source.world, event.pool)
    if event.number in pool.fresh or event.number in pool.rows:
        return
    pool.fresh[event.number] = event
    run.open += 1
    pool.open += 1
    source.world.changes.runs.add(run)
    touch(source.world, pool)


def close(world: World, run: Run, pool: Pool, number: int, end: Ending) -> Found | None:
    """End an open task; None if there is no such."""
    failing = pool.failing.pop(number, None)
    event = pool.fresh.pop(number, None)
    seen = pool.seen.pop(number, None)
    if failing is not None:
        end = end._replace(failure_id=failing.failure_id)
    if event is not None:
        task = opened(world, run, event, failing.task_id if failing else 0)
        end = _with_arrival(world, run, pool, number, task, end, len(world.changes.tasks))
        inserted(world, run, pool, number, task, end)
    else:
        kept = pool.rows.pop(number, None)
        if kept is None:
            return None
        task = kept
        end = _with_arrival(world, run, pool, number, task, _with_seen(end, seen), -1)
        updated(world, task, end)
    batch = pool.batches.get(task.batch)
    count(world, run, pool, batch, end.state, 1)
    tally(world, run, pool, task.func_id, end, task.submitted_us)
    if batch is not None:
        finish_batch(world, pool, batch, end.finished_us)
    return _as_found(task, end)


def _as_found(task: Open, end: Ending) -> Found:
    return Found(
        task.id, task.func_id, end.state, task.submitted_us, end.started_us, end.finished_us, end.failure_id,
        end.received, end.arrived_us,
    )  # fmt: skip


def _with_arrival(world: World, run: Run, pool: Pool, number: int, task: Open, end: Ending, place: int) -> Ending:
    """`end` with the arrival of its result, where that is told already; else it is waited for."""
    if end.received is None or end.finished_us is None:
        pool.arrived.pop(number, None)
        return end
    known = arrivals.Ended(place, task.id, end.finished_us, task.func_id, end.received)
    arrived_us, sent = arrivals.closed(world, run, pool, number, known)
    return end._replace(arrived_us=arrived_us, sent=sent)


def _with_seen(end: Ending, seen: Seen | None) -> Ending:
    if seen is None or end.started_us is not None or end.state == State.CANCELLED:
        return end
    return end._replace(process_id=end.process_id or seen.process_id, started_us=seen.started_us, thread=seen.thread)


def tally(world: World, run: Run, pool: Pool, func_id: int, end: Ending, submitted_us: int | None, n: int = 1) -> None:
    """Add an ended task to the rollups; `n` = -1 takes it back."""
    if end.finished_us is None:
        return
    key = (end.finished_us // MINUTE_US, run.id, pool.id, func_id, end.state)
    wait = end.started_us - submitted_us if end.started_us is not None and submitted_us is not None else 0
    if end.nanoseconds is not None and n == 1:
        durations, waits = world.changes.rollups.group(key)
        durations.append(end.nanoseconds)
        waits.append(wait)
    else:
        world.changes.rollups.add(key, n, n * (_duration(end) or 0), n * wait)


def finish_batch(world: World, pool: Pool, batch: Batch, at_us: int | None) -> None:
    """Note the end of a batch whose last item has ended, and forget it."""
    touch(world, batch)
    if batch.known and batch.total is not None and batch.closed >= batch.total:
        batch.finished_us = max(at_us or 0, batch.finished_us or 0)
        if not batch.presumed and not batch.rows:
            pool.batches.pop(batch.number, None)


def unsubmitted(source: Source, event: TaskRan, end: Ending) -> bool:
    """A task ran that nobody is known to have submitted. False: the record waits for its submission."""
    if not source.accept:
        return False
    world, run = source.world, source.run
    pool = pool_of(run, world, event.pool)
    found = _last(source, event.pool, event.number) or world.find(run.id, pool.id, event.number)
    if found is not None:
        put_right(source, pool, found, end)
        return True
    task = Open(next(world.task_ids), world.func_id(UNKNOWN_FUNCTION), None, None, -1, None)
    run.open += 1
    pool.open += 1
    failing = pool.failing.pop(event.number, None)
    if failing is not None:
        end = end._replace(failure_id=failing.failure_id)
        task = task._replace(id=failing.task_id)
    end = _with_arrival(world, run, pool, event.number, task, end, len(world.changes.tasks))
    inserted(world, run, pool, event.number, task, end)
    count(world, run, pool, None, end.state, 1)
    tally(world, run, pool, task.func_id, end, None)
    return True


def _last(source: Source, pool_uid: int, number: int) -> Found | None:
    if source.last is not None and source.last[:2] == (pool_uid, number):
        return source.last[2]
    return None


def put_right(source: Source, pool: Pool, found: Found, end: Ending) -> None:
    """A closed task's own record arrives late: it beats what was presumed, and is a duplicate of what was recorded."""
    if found.state not in (State.CANCELLED, State.LOST) or end.state in (State.CANCELLED, State.LOST):
        return
    amend(source, pool, found, end)


def resumed(source: Source, pool: Pool, number: int) -> bool:
    """A task that was cancelled since its pool's owner had ended runs after all: it is open again."""
    world, run = source.world, source.run
    found = world.find(run.id, pool.id, number)
    if found is None or found.state != State.CANCELLED:
        return False
    run.cancelled -= 1
    pool.cancelled -= 1
    run.open += 1
    pool.open += 1
    tally(world, run, pool, found.func_id, Ending(found.state, found.finished_us), found.submitted_us, -1)
    pool.rows[number] = Open(found.id, found.func_id, None, found.submitted_us, -1, None, found.failure_id)
    world.changes.runs.add(run)
    touch(world, pool)
    return True


def amend(source: Source, pool: Pool, found: Found, end: Ending) -> None:
    """Change how a closed task ended: its row, the counts, the rollups."""
    world, run = source.world, source.run
    was = Ending(found.state, found.finished_us, found.started_us)
    task = Open(found.id, found.func_id, None, found.submitted_us, -1, None, found.failure_id)
    world.changes.updates.append((
        end.state, end.process_id, end.thread, KEEP, end.started_us, end.finished_us, _duration(end),
        end.failure_id or found.failure_id, end.reason, None, None, None, task.id,
    ))  # fmt: skip
    recount(world, run, pool, None, found.state, end.state, 1)
    tally(world, run, pool, found.func_id, was, found.submitted_us, -1)
    tally(world, run, pool, found.func_id, end, found.submitted_us)


KEEP = None
"""In an update's `args`: leave what is there (the statement takes COALESCE(new, old))."""


def fail_later(source: Source, pool: Pool, number: int, failure_id: int, args: str) -> int:
    """Remember that an open task raised; returns the id of its row, 0 if it is not open."""
    known = pool.rows.get(number)
    if known is None and number not in pool.fresh:
        return 0
    task_id = known.id if known is not None else next(source.world.task_ids)
    pool.failing[number] = Failing(failure_id, task_id, args)
    touch(source.world, pool)
    return task_id
