"""A task as one row of a table, and a failure as one line."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.words import iso
from procscope.runtime.store.rows import Failure, Task
from procscope.runtime.store.wire import progress_object

STAGE_WORDS = {
    "result": "its result could not be sent",
    "callback": "its callback raised",
    "process": "the process ended with it",
    "initializer": "the pool's initializer raised",
    "thread": "a thread ended by it",
}


def task_line(task: Task, run_name: str | None) -> dict[str, Any]:
    """The element of tasks.rows; the fields of `procscope tasks --json` and a few more."""
    return {
        "id": str(task.id),
        "href": f"/tasks/{task.id}",
        "run": task.run_key,
        "run_name": run_name,
        "pool": task.pool,
        "batch": task.batch_id,
        "index": task.index,
        "of": task.batch_total,
        "func": task.func,
        "state": task.state,
        "args": task.args,
        "submitted_at": iso(task.submitted_us),
        "started_at": iso(task.started_us),
        "finished_at": iso(task.finished_us),
        "wait_s": task.wait_s,
        "run_s": task.run_s,
        "pid": task.pid,
        "reason": task.reason,
        "exception": _headline(task),
        "transfer_s": task.transfer_s,
        "bytes_in": task.bytes_in,
        "bytes_out": task.bytes_out,
        "progress": progress_object(task),
    }


def _headline(task: Task) -> dict[str, str] | None:
    if task.error_type is None:
        return None
    return {"type": task.error_type, "message": task.error_message or ""}


def failure_line(failure: Failure) -> dict[str, Any]:
    """The element of run.failures."""
    return {
        "id": str(failure.id),
        "task_id": failure.task_id,
        "func": failure.func,
        "type": failure.type,
        "message": failure.message,
        "args": failure.args,
        "at": iso(failure.at_us),
        "pid": failure.pid,
        "stage": failure.stage,
        "note": STAGE_WORDS.get(failure.stage),
        "href": f"/tasks/{failure.task_id}"
        if failure.task_id is not None
        else f"/runs/{failure.run_key}#f{failure.id}",
    }
