"""The JSON that tools rely on."""

from __future__ import annotations

from procscope.runtime.store import wire
from procscope.runtime.store.rows import Counts
from tests.unit.cli import rows

RUN = ["id", "name", "argv", "state", "exit_code", "started_at", "finished_at", "tasks", "workers", "dropped"]
TASK = [
    "id", "run", "pool", "batch", "index", "func", "state", "args", "submitted_at", "started_at", "finished_at",
    "wait_s", "run_s", "pid", "exception", "reason", "transfer_s", "bytes_in", "bytes_out", "progress",
]  # fmt: skip
NODE = [
    "pid", "kind", "name", "state", "exit_code", "signal", "tasks_done", "current", "cpu", "rss", "unobserved",
    "daemon", "start_method", "reason", "orphaned_since", "zombie_since", "pool", "pools", "children",
]  # fmt: skip


def test_a_run_has_the_promised_fields() -> None:
    """A tool that reads `tasks.lost` broke when a count of 0 was left out."""
    found = wire.run_object(rows.run(counts=Counts(succeeded=2, lost=1)))
    assert list(found) == RUN
    assert found["tasks"] == {"pending": 0, "running": 0, "succeeded": 2, "failed": 0, "cancelled": 0, "lost": 1}
    assert found["started_at"] == "2025-06-15T15:06:40.000000Z"


def test_a_task_has_the_promised_fields() -> None:
    """Durations are float seconds, times ISO 8601 UTC with microseconds."""
    found = wire.task_object(rows.task())
    assert list(found) == TASK
    assert (found["wait_s"], found["run_s"]) == (0.4, 0.04)
    assert found["started_at"] == "2025-06-15T15:06:40.400000Z"
    assert found["exception"] is None


def test_an_exception_brings_its_causes() -> None:
    """The innermost cause is what is wrong; the outermost is all that str(error) shows."""
    stored = rows.raised("LoadError", "x", (rows.raised("KeyError", "'y'", link="cause"),))
    found = wire.task_object(rows.failed(stored))["exception"]
    assert (found["type"], found["message"]) == ("LoadError", "x")
    assert found["traceback"].splitlines() == [
        "Traceback (most recent call last):",
        '  File "/job.py", line 3, in load',
        "    open(path)",
        "LoadError: x",
    ]
    (cause,) = found["causes"]
    assert (cause["type"], cause["link"], cause["causes"]) == ("KeyError", "cause", [])


def test_processes_nest() -> None:
    """A grandchild is below its parent, whichever row comes first; an orphan is a root, not lost."""
    processes = [
        rows.process(id=3, parent_id=2, pid=30),
        rows.process(id=1, kind="main", pid=10),
        rows.process(id=2, parent_id=1, pid=20, current_func="m.f", current_index=4, current_since_us=rows.NOW),
        rows.process(id=9, parent_id=77, pid=90, state="killed", signal=9, cpu=50.0, rss=1),
    ]
    main, orphan = wire.tree_objects(processes, {2: rows.task(id=55, progress_done=37, progress_total=400)})
    assert list(main) == NODE
    (child,) = main["children"]
    assert child["current"] == {
        "task": 55, "func": "m.f", "index": 4, "since": "2025-06-15T15:06:40.000000Z",
        "progress": {"done": 37, "total": 400, "text": ""},
    }  # fmt: skip
    assert [node["pid"] for node in child["children"]] == [30]
    assert (orphan["pid"], orphan["signal"], orphan["cpu"], orphan["rss"]) == (90, 9, None, 1)


def test_a_process_that_is_its_own_parent_ends_the_walk() -> None:
    """A damaged journal must not make the tree endless."""
    (node,) = wire.tree_objects([rows.process(id=1, parent_id=1)], {})
    assert node["children"] == []
