"""The stable JSON objects that tools rely on: what `--json` prints and the API returns. Pure.

Times are ISO 8601 UTC with microseconds, durations seconds. Fields are added, never renamed or removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from procscope.runtime.events import Raised
from procscope.runtime.store.rows import Process, Run, Task

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
    """Frames and the last line as Python prints them, without the causes."""
    lines = ["Traceback (most recent call last):"] if raised.frames else []
    for frame in raised.frames:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.func}')
        if frame.source:
            lines.append(f"    {frame.source.strip()}")
    last = f"{raised.type}: {raised.message}" if raised.message else raised.type
    return "\n".join([*lines, last]) + "\n"


def tree_objects(processes: Sequence[Process]) -> list[dict[str, Any]]:
    """A run's processes as `procscope tree --json` nests them; those whose parent is unknown are roots."""
    known = {process.id for process in processes}
    children: dict[int | None, list[Process]] = defaultdict(list)
    for process in processes:
        parent = process.parent_id if process.parent_id in known and process.parent_id != process.id else None
        children[parent].append(process)

    def node(process: Process) -> dict[str, Any]:
        return {**process_object(process), "children": [node(child) for child in children[process.id]]}

    return [node(root) for root in children[None]]


def process_object(process: Process) -> dict[str, Any]:
    """One node of the tree, without its children. `current` is null for a process that is over."""
    current = None
    if process.alive and process.current_since_us is not None:
        current = {
            "task": process.current_task,
            "func": process.current_func,
            "index": process.current_index,
            "since": iso(process.current_since_us),
        }
    return {
        "pid": process.pid,
        "kind": process.kind,
        "name": process.name,
        "state": process.state,
        "exit_code": process.exit_code,
        "signal": process.signal,
        "tasks_done": process.tasks_done,
        "current": current,
        "cpu": process.cpu,
        "rss": process.rss,
    }
