"""Exceptions as rows."""

from __future__ import annotations

import hashlib
import json

from procscope.runtime.collector.fold import tasks
from procscope.runtime.collector.fold.state import Found, Source
from procscope.runtime.collector.fold.tasks import Ending, pool_of
from procscope.runtime.events import Raised, ResultFailed, State, TaskFailed


def record(
    source: Source, raised: Raised, at_us: int, stage: str, task_id: int | None = None, func_id: int | None = None,
    thread: str | None = None,
) -> int:  # fmt: skip
    """Write a failure; returns its id. `stage` is task, result, callback, process, initializer or thread."""
    failure_id = source.world.next_id("failures")
    source.world.changes.failures.append((
        failure_id, source.run.id, task_id, func_id, source.process.id, at_us, stage, raised.type, raised.message,
        json.dumps(raised, separators=(",", ":")), fingerprint(raised), thread,
    ))  # fmt: skip
    return failure_id


def fingerprint(raised: Raised) -> str:
    """32 hex digits that are equal for failures of one type at one place, whatever the message and the lines."""
    frames = [frame for frame in raised.frames if frame.ours] or raised.frames
    places = [f"{frame.file.rpartition('/')[2]}:{frame.func}" for frame in frames]
    text = "\n".join([raised.type, *places]).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def task_failed(source: Source, event: TaskFailed) -> bool:
    """A call raised; the record of its end follows in the same region."""
    pool = pool_of(source.run, source.world, event.pool)
    if event.offset < 0 and event.chunk < 0 and event.number not in pool.chunks:
        return _single_failed(source, event)
    from procscope.runtime.collector.fold import chunk_reports

    return chunk_reports.item_failed(source, event)


def _single_failed(source: Source, event: TaskFailed) -> bool:
    world, pool = source.world, pool_of(source.run, source.world, event.pool)
    fresh, row = pool.fresh.get(event.number), pool.rows.get(event.number)
    if fresh is None and row is None and not source.accept:
        return False
    func_id = world.func_id(fresh.func) if fresh is not None else row.func_id if row is not None else None
    failure_id = record(source, event.raised, source.us(event.ended), "task", None, func_id)
    task_id = tasks.fail_later(source, pool, event.number, failure_id, event.args)
    link(source, task_id)
    return True


def link(source: Source, task_id: int) -> None:
    """Name the task in the failure written last."""
    rows = source.world.changes.failures
    rows[-1] = (*rows[-1][:2], task_id or None, *rows[-1][3:])


def result_failed(source: Source, event: ResultFailed) -> bool:
    """What came after the call failed: its result could not be sent, or a callback of it raised."""
    run, world = source.run, source.world
    pool = pool_of(run, world, event.pool)
    if event.fatal:
        pool.reason = f"its result handler died of {event.raised.type}: no further result can arrive"
        tasks.touch(world, pool)
    if event.stage == "result" and _chunk_spoilt(source, event):
        return True
    found = _found(source, pool.id, event)
    failure_id = record(
        source, event.raised, source.us(event.at), event.stage, found.id if found else None,
        found.func_id if found else None,
    )  # fmt: skip
    if event.stage == "result":
        _spoil(source, event, found, failure_id)
    return True


def _found(source: Source, pool_id: int, event: ResultFailed) -> Found | None:
    row = source.run.pools[event.pool].rows.get(event.number)
    if row is not None:
        return Found(row.id, row.func_id, State.PENDING, row.submitted_us, None, None, None)
    if source.last is not None and source.last[:2] == (event.pool, event.number):
        return source.last[2]
    return source.world.find(source.run.id, pool_id, event.number)


def _spoil(source: Source, event: ResultFailed, found: Found | None, failure_id: int) -> None:
    """The call succeeded, its result is lost: the task failed."""
    pool = source.run.pools[event.pool]
    reason = f"its result could not be sent: {event.raised.message}"
    if found is None or found.state == State.PENDING:
        link(source, tasks.fail_later(source, pool, event.number, failure_id, ""))
    elif found.state == State.SUCCEEDED:
        end = Ending(
            State.FAILED, found.finished_us, found.started_us, None, source.process.id, None, reason, failure_id
        )  # fmt: skip
        tasks.amend(source, pool, found, end)
        source.last = (event.pool, event.number, found._replace(state=State.FAILED))


def _chunk_spoilt(source: Source, event: ResultFailed) -> bool:
    from procscope.runtime.collector.fold import chunk_reports

    return chunk_reports.result_failed(source, event)
