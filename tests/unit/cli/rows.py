"""Rows for the pages: each maker takes only what a test is about."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from procscope.runtime.events import State
from procscope.runtime.store import rows

NOW = 1_750_000_000_000_000
T = TypeVar("T")


def made(kind: type[T], /, **given: Any) -> T:
    """A row of `kind`; fields not given are None."""
    blank = {f.name: None for f in fields(kind) if f.default is MISSING}  # type: ignore[arg-type]
    return kind(**{**blank, **given})


def run(**given: Any) -> rows.Run:
    """A run called job.py that finished after 3.2 s."""
    plain: dict[str, Any] = {
        "id": 1, "key": "4f21c9aabbcc", "name": "job.py", "argv": ("job.py",), "state": "finished", "exit_code": 0,
        "started_us": NOW, "finished_us": NOW + 3_200_000, "counts": rows.Counts(succeeded=3), "workers": 2,
        "dropped": 0, "notes": (), "rev": 1,
    }  # fmt: skip
    return made(rows.Run, **{**plain, **given})


def process(**given: Any) -> rows.Process:
    """A worker that runs and does nothing."""
    plain: dict[str, Any] = {
        "id": 1, "run_id": 1, "uid": 1, "pid": 4101, "kind": "worker", "state": "running", "tasks_done": 0, "rev": 1,
    }  # fmt: skip
    return made(rows.Process, **{**plain, **given})


def task(**given: Any) -> rows.Task:
    """A task `load('x')` that succeeded in 40 ms after 0.4 s of waiting."""
    plain: dict[str, Any] = {
        "id": 7, "run_id": 1, "run_key": "4f21c9aabbcc", "number": 3, "func_id": 1, "func": "__main__.load",
        "args": "'x'", "state_code": int(State.SUCCEEDED), "pool_kind": "Pool", "pid": 4131, "process_id": 2,
        "submitted_us": NOW, "started_us": NOW + 400_000, "finished_us": NOW + 440_000, "duration_us": 40_000, "rev": 1,
    }  # fmt: skip
    return made(rows.Task, **{**plain, **given})


def raised(type_: str, message: str, causes: tuple[Any, ...] = (), link: str = "", *, ours: bool = True) -> list[Any]:
    """An exception as stored, with one frame."""
    return [type_, message, [["/job.py", 3, "load", "open(path)", ours]], list(causes), link]


def failed(stored: list[Any], **given: Any) -> rows.Task:
    """A task that raised `stored`."""
    plain = {"state_code": int(State.FAILED), "error_type": stored[0], "error_message": stored[1], "failure_id": 1}
    return task(**{**plain, "raised_json": json.dumps(stored), **given})


def detail(found: rows.Task, **given: Any) -> rows.TaskDetail:
    """Everything about `found`, in a finished run, with nothing to compare it to."""
    plain: dict[str, Any] = {"task": found, "run": run(), "recent": [], "memory": rows.ProcessSeries([], [], [])}
    return made(rows.TaskDetail, **{**plain, **given})
