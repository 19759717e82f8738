"""The task page: the path of its states with times, its exception, its worker, and whether it is odd."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.presenters.nodes import ending, signal_name
from procscope.dashboard.presenters.run_lines import points
from procscope.dashboard.presenters.task_lines import task_line
from procscope.dashboard.words import iso, size
from procscope.runtime.events import Raised, State
from procscope.runtime.store.rows import Process, ProcessSeries, Task, TaskDetail
from procscope.runtime.store.wire import log_object

MEMORY_POINTS = 300
CAUSES_SHOWN = 20
FRAMES_SHOWN = 200


def task_page(detail: TaskDetail) -> dict[str, Any]:
    """The parts of the model that come from the task itself."""
    return {
        "task": task_head(detail),
        "path": path(detail.task),
        "exception": exception(detail.task.raised),
        "recent": recent(detail),
        "worker": worker(detail.process, detail.memory),
        "logs": [log_object(line) for line in detail.logs],
    }


def task_head(detail: TaskDetail) -> dict[str, Any]:
    """The task's line and what only its page shows."""
    task = detail.task
    return {
        **task_line(task, detail.run.name),
        "thread": task.thread,
        "pool_kind": task.pool_kind,
        "method": task.method,
        "process_id": task.process_id,
        "run_state": detail.run.state,
    }


def path(task: Task) -> list[dict[str, Any]]:
    """The states it went through: each with its time, the seconds since the one before, and a note."""
    stops: list[dict[str, Any]] = []

    def stop(state: str, at_us: int | None, after_s: float | None, note: str | None) -> None:
        stops.append({"id": state, "state": state, "at": iso(at_us), "after_s": after_s, "note": note})

    if task.submitted_us is not None:
        stop("submitted", task.submitted_us, None, None)
    if task.started_us is not None:
        stop("started", task.started_us, task.wait_s, _place(task))
    if task.state_code >= State.SUCCEEDED:
        stop(task.state, task.finished_us, _last_leg(task), task.reason)
    if task.transfer_s is not None:
        stop("arrived", task.arrived_us, task.transfer_s, f"{size(task.bytes_out)} pickled" if task.bytes_out else None)
    return stops


def _place(task: Task) -> str | None:
    if task.pid is None:
        return None
    return f"worker {task.pid}, thread {task.thread}" if task.thread else f"worker {task.pid}"


def _last_leg(task: Task) -> float | None:
    """Seconds to the end from the start, or from the submission of one that never ran."""
    if task.started_us is not None:
        return task.run_s
    if task.submitted_us is None or task.finished_us is None:
        return None
    return max(0, task.finished_us - task.submitted_us) / 1e6


def exception(raised: Raised | None, room: int = CAUSES_SHOWN) -> dict[str, Any] | None:
    """The exception as a tree of at most `room` below it; a hostile chain cannot make a page without end."""
    if raised is None:
        return None
    return {
        "type": raised.type,
        "message": raised.message,
        "frames": [frame._asdict() for frame in raised.frames[:FRAMES_SHOWN]],
        "causes": [exception(cause, room // 2) for cause in raised.causes[:room]],
        "link": raised.link or None,
    }


def recent(detail: TaskDetail) -> dict[str, Any]:
    """The last runs of this function, oldest first, with this one marked."""
    runs = [
        {
            "id": str(one.id),
            "run_s": one.duration_us / 1e6,
            "state": _word(one.state_code),
            "this": one.id == detail.task.id,
        }
        for one in detail.recent
    ]
    found = detail.quantiles
    return {
        "runs": runs,
        "p50_s": found.p50_us / 1e6 if found else None,
        "p99_s": found.p99_us / 1e6 if found else None,
    }


def _word(code: int) -> str:
    return State(code).name.lower()


def worker(process: Process | None, memory: ProcessSeries) -> dict[str, Any] | None:
    """Who ran it, how it fares or ended, and its memory."""
    if process is None:
        return None
    return {
        "pid": process.pid,
        "name": process.name,
        "kind": process.kind,
        "state": process.state,
        "exit_code": process.exit_code,
        "signal": signal_name(process.signal),
        "reason": ending(process),
        "rss_series": points(memory.t, memory.rss, MEMORY_POINTS),
    }
