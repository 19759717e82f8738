"""The JSON that tools rely on."""

from __future__ import annotations

import json

from procscope.runtime.events import Frame, Raised
from procscope.runtime.store.rows import Counts, Process, Run, Task, raised_from_json
from procscope.runtime.store.wire import exception_object, iso, process_object, run_object, task_object, tree_objects

FRAME = Frame("/srv/job.py", 3, "load", "    return 1 / 0", True)
CAUSE = Raised("OSError", "disk", (), (), "cause")
RAISED = Raised("ZeroDivisionError", "division by zero", (FRAME,), (CAUSE,))


def process(number: int, parent: int | None, **values: object) -> Process:
    """A process of a run; `values` over the dull ones."""
    dull: dict[str, object] = dict.fromkeys(Process.__slots__)
    named = {"id": number, "run_id": 1, "uid": number, "parent_id": parent, "pid": 100 + number, "kind": "worker"}
    return Process(**{**dull, **named, "state": "running", "tasks_done": 0, "rev": 1, **values})  # type: ignore[arg-type]


def test_times_have_microseconds_and_a_zone() -> None:
    """A time without a zone is read as local by half of the tools."""
    assert iso(1_748_746_800_000_001) == "2025-06-01T03:00:00.000001Z"
    assert iso(None) is None


def test_a_run_has_the_promised_fields() -> None:
    """Scripts break on a renamed key, a week after the release."""
    run = Run(
        1, "4f21c9aa01bd", "job.py", ("job.py", "-x"), None, None, None, None, None, "killed", -9, 0, 5,
        Counts(1, 2, 3, 4, 5, 6), 8, 7, (), 1,
    )  # fmt: skip
    made = run_object(run)
    assert list(made) == [
        "id", "name", "argv", "state", "exit_code", "started_at", "finished_at", "tasks", "workers", "dropped",
    ]  # fmt: skip
    assert made["tasks"] == {"pending": 1, "running": 2, "succeeded": 3, "failed": 4, "cancelled": 5, "lost": 6}
    assert (made["id"], made["exit_code"], made["argv"]) == ("4f21c9aa01bd", -9, ["job.py", "-x"])


def test_a_task_has_the_promised_fields() -> None:
    """The same, for tasks; a failure brings its chain."""
    dull: dict[str, object] = dict.fromkeys(Task.__slots__)
    values: dict[str, object] = {"id": 7, "run_id": 1, "run_key": "4f", "number": 1, "func_id": 1, "state_code": 3}
    values |= {"rev": 1, "func": "load"}
    times = {"submitted_us": 1_000_000, "started_us": 1_500_000, "finished_us": 4_000_000, "duration_us": 2_500_000}
    error = {"error_type": RAISED.type, "error_message": RAISED.message, "raised_json": json.dumps(RAISED)}
    made = task_object(Task(**{**dull, **values, **times, **error}))  # type: ignore[arg-type]
    assert list(made)[:15] == [
        "id", "run", "pool", "batch", "index", "func", "state", "args", "submitted_at", "started_at", "finished_at",
        "wait_s", "run_s", "pid", "exception",
    ]  # fmt: skip
    assert (made["state"], made["wait_s"], made["run_s"]) == ("failed", 0.5, 2.5)
    assert made["exception"]["causes"][0]["type"] == "OSError"


def test_tracebacks_read_as_python_prints_them() -> None:
    """Editors and eyes find `File "…", line N` and nothing else."""
    made = exception_object(RAISED)
    assert made["traceback"] == (
        "Traceback (most recent call last):\n"
        '  File "/srv/job.py", line 3, in load\n'
        "    return 1 / 0\n"
        "ZeroDivisionError: division by zero"
    )
    assert list(made) == ["type", "message", "traceback", "causes"]


def test_an_exception_survives_the_database() -> None:
    """Frames that come back as lists crash the page of the one task that failed."""
    assert raised_from_json(json.dumps(RAISED)) == RAISED


def test_an_unreadable_exception_is_still_an_exception() -> None:
    """One damaged row must not take its page down."""
    for stored in ("", "[]", "{}", "[1", '["T", "m", [[1]], [], ""]', "null", '["T", "m", 5, [], ""]'):
        assert raised_from_json(stored, "T", "m") == Raised("T", "m")


def test_the_tree_nests_by_parent() -> None:
    """A worker whose parent was never heard of is still shown."""
    tree = tree_objects([process(1, None, kind="main"), process(2, 1), process(3, 2), process(4, 99), process(5, 5)])
    assert [node["pid"] for node in tree] == [101, 104, 105]
    assert tree[0]["children"][0]["children"][0]["pid"] == 103


def test_the_killed_keep_what_they_were_at_and_the_finished_do_nothing() -> None:
    """Which item took the worker along is the first question after a kill; a finished one has no current task."""
    now = {"current_task": 7, "current_func": "load", "current_index": 23, "current_since_us": 0}
    killed, finished, alive = tree_objects(
        [process(1, None, state="killed", **now), process(2, None, state="finished", **now), process(3, None, **now)]
    )
    assert killed["current"] == alive["current"]
    assert killed["current"]["index"] == 23
    assert finished["current"] is None


def test_what_was_not_observed_ran_an_unknown_number_of_tasks() -> None:
    """0 would be an answer: `tree --json` said that a library's busy worker had done nothing."""
    assert process_object(process(1, None, unobserved="its tasks"), None)["tasks_done"] is None
    assert process_object(process(1, None), None)["tasks_done"] == 0
