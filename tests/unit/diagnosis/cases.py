"""Facts to diagnose: dull ones, with what a test says over them."""

from __future__ import annotations

from typing import Any

from procscope.runtime.diagnosis.facts import DeadProcess, Facts, FailureGroup, PoolFacts, RunningTask

NOW = 1_748_746_800_000_000
SECOND = 1_000_000


def facts(**values: Any) -> Facts:
    """Facts of NOW about one live run of 16 workers."""
    return Facts(**{"as_of_us": NOW, "live_runs": 1, "live_workers": 16, **values})


def task(age_s: float, **values: Any) -> RunningTask:
    """resize() in pool images, for so many seconds; p99 6.6 s over 1000."""
    dull: dict[str, Any] = {
        "run": "4f", "pool": "images", "pool_kind": "Pool", "func": "nightly.resize", "func_id": 1, "index": 17,
        "since_us": NOW - int(age_s * SECOND), "observed": 1000, "p99_us": 6_600_000, "task_id": 7, "process_id": 3,
        "pid": 4127,
    }  # fmt: skip
    return RunningTask(**{**dull, **values})


def dead(**values: Any) -> DeadProcess:
    """Worker 4131, killed on item 23 of load()."""
    dull: dict[str, Any] = {
        "run": "4f", "kind": "worker", "pool_state": "open", "signal": 9, "reason": None, "func": "nightly.load",
        "index": 23, "lost": 1, "at_us": NOW - 120 * SECOND, "task_id": 8, "process_id": 4, "pid": 4131,
    }  # fmt: skip
    return DeadProcess(**{**dull, **values})


def pool(**values: Any) -> PoolFacts:
    """An open pool of 8 that does well."""
    dull: dict[str, Any] = {
        "run": "4f", "pool_id": 5, "name": "images", "kind": "Pool", "state": "open", "reason": None, "size": 8,
        "pending": 800, "running": 8, "ended": 1000, "lost": 0, "workers_started": 8, "opened_us": NOW - 600 * SECOND,
        "progress_us": NOW - SECOND, "closed_us": None, "p99_us": 6_600_000, "worker_died": None,
        "initializer_error": None, "retired": {},
    }  # fmt: skip
    return PoolFacts(**{**dull, **values})


def group(**values: Any) -> FailureGroup:
    """Two failures of fetch()."""
    dull: dict[str, Any] = {
        "run": "4f", "run_name": "nightly.py", "func": "nightly.fetch", "stage": "task",
        "type": "urllib.error.URLError",
        "message": "refused", "n": 2, "first_us": NOW - 60 * SECOND, "last_us": NOW, "task_id": 9,
    }  # fmt: skip
    return FailureGroup(**{**dull, **values})
