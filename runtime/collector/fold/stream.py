"""One region's events, in order, into changes. Submissions and ends of tasks, of which there may be millions, are
folded in streaks with everything they need at hand; all else goes by a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import (
    arrivals,
    chunk_reports,
    chunks,
    drops,
    failures,
    logs,
    pools,
    processes,
    progress,
    runs,
    tasks,
)
from procscope.runtime.collector.fold.arrivals import Ended
from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.collector.fold.state import Found, Pool, Source
from procscope.runtime.collector.fold.tasks import Ending
from procscope.runtime.events import Event, ResultArrived, State, TaskRan, TaskSubmitted

_SUCCEEDED = int(State.SUCCEEDED)

HANDLERS: dict[type[Any], Callable[[Source, Any], bool]] = {
    ev.ChunkSubmitted: chunks.chunk_submitted,
    ev.ChunkRan: chunk_reports.chunk_ran,
    ev.BatchSubmitted: chunks.batch_submitted,
    ev.TaskFailed: failures.task_failed,
    ev.TaskDropped: drops.task_dropped,
    ev.ResultFailed: failures.result_failed,
    ev.TaskSettled: drops.task_settled,
    ev.PoolOpened: pools.pool_opened,
    ev.PoolState: pools.pool_state,
    ev.ProcessStarted: processes.process_started,
    ev.ProcessAlive: processes.process_alive,
    ev.ProcessEnding: processes.process_ending,
    ev.ProcessExited: processes.process_exited,
    ev.ProcessNotStarted: processes.process_not_started,
    ev.ProcessSignalled: processes.process_signalled,
    ev.WorkerRetired: processes.worker_retired,
    ev.InitializerFailed: processes.initializer_failed,
    ev.ThreadFailed: processes.thread_failed,
    ev.ServantStarted: processes.servant_started,
    ev.NotObserved: runs.not_observed,
    ev.OurFault: runs.our_fault,
    ev.Logged: logs.logged,
    ev.Progressed: progress.progressed,
    ev.Unknown: runs.unknown,
}


def fold(source: Source, events: Sequence[Event], start: int, stop: int) -> int:
    """Fold events[start:stop]; returns the index of the first that waits for another region, else `stop`.

    An event that cannot be folded at all (a hostile or damaged one) is counted as damaged and passed over.
    """
    at = start
    while at < stop:
        kind = type(events[at])
        if kind is TaskRan:
            after = _ran(source, events, at, stop)
        elif kind is TaskSubmitted:
            after = _submitted(source, events, at, stop)
        elif kind is ResultArrived:
            pool = tasks.pool_of(source.run, source.world, events[at].pool)  # type: ignore[union-attr]
            after = arrivals.arrived(source, pool, events, at, stop)
        else:
            after = at + _other(source, events[at])
        if after == at:
            return at
        at = after
    return at


def _other(source: Source, event: Event) -> bool:
    try:
        return HANDLERS[type(event)](source, event)
    except Exception:
        damaged(source, 1)
        return True


def damaged(source: Source, n: int) -> None:
    """Count records that made no sense."""
    process = source.process
    source.world.changes.drop(source.run, process.id, "damaged", n, process.started_us or source.run.started_us)


def _submitted(source: Source, events: Sequence[Event], start: int, stop: int) -> int:
    run, uid = source.run, events[start].pool  # type: ignore[union-attr]
    pool = tasks.pool_of(run, source.world, uid)
    fresh, rows, before = pool.fresh, pool.rows, len(pool.fresh)
    at = start
    for event in islice(events, start, stop):
        if type(event) is not TaskSubmitted or event[1] != uid:
            break
        number = event[2]
        if event[5] != -1 and number not in fresh and number not in rows:
            chunks.itemise(source, pool, event)
        if number not in rows:
            fresh[number] = event
        at += 1
    first_us = (events[start][0] + source.delta) // 1000
    if pool.first_us is None or first_us < pool.first_us:
        pool.first_us = first_us
    added = len(fresh) - before
    run.open += added
    pool.open += added
    source.world.changes.runs.add(run)
    tasks.touch(source.world, pool)
    return at


def _ran(source: Source, events: Sequence[Event], start: int, stop: int) -> int:
    """A streak of ends in one pool: each whose submission is of this transaction becomes one whole row."""
    world, run, uid = source.world, source.run, events[start].pool  # type: ignore[union-attr]
    pool = run.pools.get(uid)
    if pool is None or not uid:
        return start + ended(source, cast(TaskRan, events[start]))
    fresh, failing, rows, task_ids = pool.fresh, pool.failing, world.changes.tasks, world.task_ids
    append, arrived, waiting = rows.append, pool.arrived, pool.ended
    func_ids, delta, submit_delta, rollups = world.functions, source.delta, run.delta or 0, world.changes.rollups
    run_id, pool_id, process_id = run.id, pool.id, source.process.id
    func: str | None = None
    low = high = func_id = done = 0
    at = start
    for event in islice(events, start, stop):
        if type(event) is not TaskRan or event[0] != uid:
            break
        _, number, began, ran_to, outcome, thread, received = event
        known = fresh.get(number)
        if known is None or outcome != _SUCCEEDED or known[5] != -1 or (failing and number in failing):
            if not ended(source, event):
                break
            at += 1
            continue
        del fresh[number]
        submitted_us = (known[0] + submit_delta) // 1000
        started_us = (began + delta) // 1000
        ended_us = (ran_to + delta) // 1000
        if known[3] is not func or not low <= ended_us < high:
            func = known[3]
            func_id = func_ids.get(func) or world.func_id(func)
            low = ended_us // MINUTE_US * MINUTE_US
            high = low + MINUTE_US
            key = (low // MINUTE_US, run_id, pool_id, func_id, _SUCCEEDED)
            durations, waits = rollups.group(key)
            moved = rollups.moved(key)
        durations.append(ran_to - began)
        waits.append(started_us - submitted_us)
        task_id = next(task_ids)
        came = arrived.pop(number, None) if received >= 0 else None
        if came is not None:
            moved[0] += 1
            moved[1] += max(0, came[0] - ended_us)
            moved[2] += received
            moved[3] += max(0, came[1])
        elif received >= 0:
            waiting[number] = Ended(len(rows), task_id, ended_us, func_id, received)
        append((
            task_id, run_id, pool_id, None, None, number, func_id, _SUCCEEDED, process_id, thread or None,
            known[4] or None, submitted_us, started_us, ended_us, ended_us - started_us, None, None,
            came and came[0], received if received >= 0 else None, came and came[1], None, None, None,
        ))  # fmt: skip
        done += 1
        at += 1
        last = event
    if done:
        _credit(source, pool, done, ended_us)
        arrivals.bound(waiting)
        found = Found(
            task_id, func_id, _SUCCEEDED, submitted_us, started_us, ended_us, None, received, came and came[0]
        )
        source.last = (uid, last[1], found)
    return at


def _credit(source: Source, pool: Pool, n: int, at_us: int) -> None:
    """`n` tasks of a pool ended well in this process, the last at `at_us`."""
    tasks.count(source.world, source.run, pool, None, State.SUCCEEDED, n)
    pool.progress_us = max(at_us, pool.progress_us or 0)
    source.process.tasks_done += n
    source.world.changes.processes.add(source.process)


def ended(source: Source, event: TaskRan) -> bool:
    """One task's end, whatever came before it. False: it waits for its submission."""
    if not event.pool:
        return True  # a plain process ends when the system says so, with its exit code
    world, run, process = source.world, source.run, source.process
    pool = tasks.pool_of(run, world, event.pool)
    state = State.SUCCEEDED if event.outcome == State.SUCCEEDED and event.number not in pool.failing else State.FAILED
    finished_us = source.us(event.ended)
    end = Ending(
        state, finished_us, source.us(event.started), event.ended - event.started, process.id, event.thread or None,
        received=event.bytes if event.bytes >= 0 else None,
    )  # fmt: skip
    failing = pool.failing.get(event.number)
    if failing is not None and failing.args:
        end = end._replace(args=failing.args)
    found = tasks.close(world, run, pool, event.number, end)
    if found is None and not tasks.unsubmitted(source, event, end):
        return False
    if found is not None:
        source.last = (event.pool, event.number, found)
    pool.progress_us = max(finished_us, pool.progress_us or 0)
    process.tasks_done += 1
    world.changes.processes.add(process)
    return True
