"""The stable JSON of `--json`: fields are added, never renamed. Times are ISO 8601 UTC, durations float seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from procscope.dashboard.words import iso

if TYPE_CHECKING:
    from procscope.runtime.events import Raised
    from procscope.runtime.store import rows


def run(row: rows.Run) -> dict[str, Any]:
    """A run, as `procscope runs --json` prints it."""
    return {
        "id": row.key,
        "name": row.name,
        "argv": list(row.argv),
        "state": row.state,
        "exit_code": row.exit_code,
        "started_at": iso(row.started_us),
        "finished_at": iso(row.finished_us),
        "tasks": counts(row.counts),
        "workers": row.workers,
        "dropped": row.dropped,
    }


def counts(found: rows.Counts) -> dict[str, int]:
    """Tasks by state."""
    return {name: getattr(found, name) for name in ("pending", "running", "succeeded", "failed", "cancelled", "lost")}


def task(row: rows.Task) -> dict[str, Any]:
    """A task, as `procscope tasks --json` prints it."""
    return {
        "id": row.id,
        "run": row.run_key,
        "pool": row.pool,
        "batch": row.batch_id,
        "index": row.index,
        "func": row.func,
        "state": row.state,
        "args": row.args,
        "submitted_at": iso(row.submitted_us),
        "started_at": iso(row.started_us),
        "finished_at": iso(row.finished_us),
        "wait_s": row.wait_s,
        "run_s": row.run_s,
        "pid": row.pid,
        "exception": None if row.raised is None else exception(row.raised),
    }


def exception(raised: Raised) -> dict[str, Any]:
    """An exception with what it was raised because of. `link` is '', cause, context or group."""
    return {
        "type": raised.type,
        "message": raised.message,
        "traceback": traceback(raised),
        "causes": [{**exception(cause), "link": cause.link} for cause in raised.causes],
    }


def traceback(raised: Raised) -> str:
    """The frames as the interpreter prints them; '' where none were recorded."""
    if not raised.frames:
        return ""
    lines = ["Traceback (most recent call last):"]
    for frame in raised.frames:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.func}')
        if frame.source:
            lines.append(f"    {frame.source.strip()}")
    return "\n".join([*lines, f"{raised.type}: {raised.message}" if raised.message else raised.type])


def trees(processes: Sequence[rows.Process], tasks: Mapping[int, int]) -> list[dict[str, Any]]:
    """Processes as nested trees, oldest first; roots are those whose parent is not among them.

    `tasks` maps a process's id to the id of the task it is on (or was, when it died).
    """
    known = {row.id for row in processes}
    below: dict[int | None, list[rows.Process]] = {}
    for row in sorted(processes, key=lambda row: (row.started_us or 0, row.id)):
        below.setdefault(row.parent_id if row.parent_id in known and row.parent_id != row.id else None, []).append(row)
    built: set[int] = set()

    def node(row: rows.Process) -> dict[str, Any]:
        built.add(row.id)
        children = [node(child) for child in below.get(row.id, ()) if child.id not in built]
        return process(row, tasks.get(row.id)) | {"children": children}

    return [node(row) for row in below.get(None, ())]


def process(row: rows.Process, task_id: int | None) -> dict[str, Any]:
    """One process without its children."""
    return {
        "pid": row.pid,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "exit_code": row.exit_code,
        "signal": row.signal,
        "tasks_done": row.tasks_done,
        "current": _current(row, task_id),
        "cpu": row.cpu if row.alive else None,
        "rss": row.rss,
    }


def _current(row: rows.Process, task_id: int | None) -> dict[str, Any] | None:
    # The black box of what was killed; what ended well is at nothing any more.
    if row.current_since_us is None or row.current_func is None or not (row.alive or row.state == "killed"):
        return None
    return {
        "task": task_id,
        "func": row.current_func,
        "index": row.current_index,
        "since": iso(row.current_since_us),
    }
