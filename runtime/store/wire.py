"""The stable JSON objects that tools rely on: what `--json` prints and the API returns. Pure.

Times are ISO 8601 UTC with microseconds, durations seconds. Fields are added, never renamed or removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from procscope.runtime.events import Raised
from procscope.runtime.store.rows import LogLine, Pool, Process, Run, Running, Task

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def iso(us: int | None) -> str | None:
    """µs since the epoch as 2025-06-01T03:00:00.000000Z."""
    if us is None:
        return None
    return (_EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def run_object(run: Run) -> dict[str, Any]:
    """One line of `procscope runs --json`."""
    counts = run.counts
    return {
        "id": run.key,
        "name": run.name,
        "argv": list(run.argv),
        "state": run.state,
        "exit_code": run.exit_code,
        "started_at": iso(run.started_us),
        "finished_at": iso(run.finished_us),
        "tasks": {
            "pending": counts.pending,
            "running": counts.running,
            "succeeded": counts.succeeded,
            "failed": counts.failed,
            "cancelled": counts.cancelled,
            "lost": counts.lost,
        },
        "workers": run.workers,
        "dropped": run.dropped,
    }


def task_object(task: Task) -> dict[str, Any]:
    """One line of `procscope tasks --json`."""
    raised = task.raised
    return {
        "id": task.id,
        "run": task.run_key,
        "pool": task.pool,
        "batch": task.batch_id,
        "index": task.index,
        "func": task.func,
        "state": task.state,
        "args": task.args,
        "submitted_at": iso(task.submitted_us),
        "started_at": iso(task.started_us),
        "finished_at": iso(task.finished_us),
        "wait_s": task.wait_s,
        "run_s": task.run_s,
        "pid": task.pid,
        "exception": exception_object(raised) if raised else None,
        "reason": task.reason,
        "transfer_s": task.transfer_s,
        "bytes_in": task.bytes_in,
        "bytes_out": task.bytes_out,
        "progress": progress_object(task),
    }


def progress_object(task: Task | Running) -> dict[str, Any] | None:
    """How far a task said it was, None where it said nothing. `total` is null where it did not know."""
    if task.progress_done is None:
        return None
    return {"done": task.progress_done, "total": task.progress_total, "text": task.progress_text or ""}


def log_object(line: LogLine) -> dict[str, Any]:
    """A log record beside a task; `source` is logging or stderr."""
    return {
        "at": iso(line.at_us),
        "pid": line.pid,
        "task": line.task_id,
        "source": line.source,
        "level": line.level,
        "logger": line.logger,
        "site": line.site,
        "message": line.message,
    }


def exception_object(raised: Raised) -> dict[str, Any]:
    """An exception: `traceback` as Python prints it, `causes` as objects of the same shape with their `link`."""
    return {
        "type": raised.type,
        "message": raised.message,
        "traceback": traceback_text(raised),
        "causes": [{**exception_object(cause), "link": cause.link} for cause in raised.causes],
    }


def traceback_text(raised: Raised) -> str:
    """The frames as the interpreter prints them, without the causes; '' where none were recorded."""
    if not raised.frames:
        return ""
    lines = ["Traceback (most recent call last):"]
    for frame in raised.frames:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.func}')
        if frame.source:
            lines.append(f"    {frame.source.strip()}")
    return "\n".join([*lines, f"{raised.type}: {raised.message}" if raised.message else raised.type])


def tree_objects(
    processes: Sequence[Process], tasks: Mapping[int, Task] = MappingProxyType({}), pools: Sequence[Pool] = ()
) -> list[dict[str, Any]]:
    """Processes as `procscope tree --json` nests them, oldest first; roots are those whose parent is not among them.

    `tasks` maps a process's id to the task it is on (or was, when it died). `pools` are those of the run:
    each hangs on the process that made it.
    """
    in_order = sorted(pools, key=lambda pool: (pool.opened_us, pool.id))
    names = {pool.id: pool.name or pool.kind for pool in pools}
    known = {row.id for row in processes}
    below: dict[int | None, list[Process]] = {}
    for row in sorted(processes, key=lambda row: (row.started_us or 0, row.id)):
        below.setdefault(row.parent_id if row.parent_id in known and row.parent_id != row.id else None, []).append(row)
    built: set[int] = set()

    def node(row: Process) -> dict[str, Any]:
        built.add(row.id)
        children = [node(child) for child in below.get(row.id, ()) if child.id not in built]
        found = process_object(row, tasks.get(row.id))
        found["pool"] = names.get(row.pool_id) if row.pool_id is not None else None
        found["pools"] = [pool_object(pool) for pool in in_order if pool.process_id == row.id]
        return found | {"children": children}

    return [node(row) for row in below.get(None, ())]


def process_object(row: Process, task: Task | None) -> dict[str, Any]:
    """One node of the tree, without its children."""
    return {
        "pid": row.pid,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "exit_code": row.exit_code,
        "signal": row.signal,
        "tasks_done": row.tasks_ended,
        "current": _current(row, task),
        "cpu": row.cpu if row.alive else None,
        "rss": row.rss,
        "unobserved": row.unobserved,
        "daemon": row.daemon,
        "start_method": row.start_method,
        "reason": row.reason,
        "orphaned_since": iso(row.orphaned_us),
        "zombie_since": iso(row.zombie_us),
    }


def pool_object(pool: Pool) -> dict[str, Any]:
    """A pool on the process that made it: `retired` counts the workers that are gone, by why."""
    return {
        "name": pool.name or pool.kind,
        "kind": pool.kind,
        "size": pool.size,
        "start_method": pool.start_method,
        "max_tasks": pool.max_tasks,
        "initializer": pool.initializer,
        "site": pool.site,
        "state": pool.state,
        "reason": pool.reason,
        "tasks_done": pool.counts.done,
        "workers_started": pool.workers_started,
        "retired": dict(pool.retired),
        "initializer_error": pool.initializer_error,
        "unobserved": pool.unobserved,
    }


def _current(row: Process, task: Task | None) -> dict[str, Any] | None:
    # The black box of what was killed; what ended well is at nothing any more.
    if row.current_since_us is None or row.current_func is None or not (row.alive or row.state == "killed"):
        return None
    return {
        "task": task.id if task is not None else None,
        "func": row.current_func,
        "index": row.current_index,
        "since": iso(row.current_since_us),
        "progress": progress_object(task) if task is not None else None,
    }
