"""Pools that are broken, stopped draining, or start workers in vain."""

from __future__ import annotations

from typing import Any

from procscope.runtime.diagnosis import diagnose
from tests.unit.diagnosis.cases import NOW, SECOND, facts, pool


def texts(**values: Any) -> list[str]:
    """The sentences about one pool."""
    return [incident.text for incident in diagnose(facts(pools=(pool(**values),)))]


def test_a_pool_that_stopped_draining() -> None:
    """A worker killed with the queue's lock in hand: all others wait, alive and idle, for ever."""
    quiet = {"running": 0, "progress_us": NOW - 90 * SECOND}
    assert texts(**quiet) == ["pool images stopped draining: 800 tasks waiting, none taken for 1 m 30 s"]
    (found,) = texts(**quiet, worker_died=4131)
    assert found.endswith("— worker 4131 died and may hold the queue's lock")


def test_what_explains_a_quiet_pool() -> None:
    """A long task is no stall; an empty queue neither; nor a pool whose tasks take minutes."""
    assert texts(running=1, progress_us=NOW - 90 * SECOND) == []
    assert texts(running=0, pending=0, progress_us=NOW - 90 * SECOND) == []
    assert texts(running=0, progress_us=NOW - 29 * SECOND, p99_us=None) == []
    assert texts(running=0, progress_us=NOW - 90 * SECOND, p99_us=10 * SECOND) == []
    assert texts(running=0, progress_us=NOW - 90 * SECOND, state="closed") == []


def test_a_pool_that_never_started_counts_from_its_opening() -> None:
    """A progress of None is not the year 1970."""
    assert texts(running=0, ended=0, progress_us=None, opened_us=NOW - 5 * SECOND) == []


def test_an_initializer_that_leaves_a_thread_pool_without_threads() -> None:
    """A ThreadPool starts no thread in the place of one that its initializer ended: nobody takes its tasks."""
    values = {"kind": "ThreadPool", "running": 0, "ended": 0, "workers_started": 0, "size": 2}
    error = "ValueError: no model"
    assert texts(**values, initializer_error=error, retired={"initializer": 2}) == [
        f"the initializer of pool images fails in every worker (2 so far): {error}"
    ]


def test_an_initializer_that_fails_in_a_loop() -> None:
    """Bare: hundreds of worker pids and no error, until somebody looks at the process list."""
    values = {"running": 0, "ended": 0, "progress_us": None, "workers_started": 57}
    assert texts(**values, initializer_error="ValueError: no model") == [
        "the initializer of pool images fails in every worker (57 so far): ValueError: no model"
    ]
    assert texts(**values) == ["pool images has started 57 workers for 8 places and none has finished a task"]


def test_maxtasksperchild_is_no_loop() -> None:
    """A worker a task is a way to work."""
    assert texts(workers_started=10_000, ended=10_000) == []
    assert texts(workers_started=16, ended=0, running=0) == []


def test_a_broken_executor_names_the_culprit() -> None:
    """Every future of a broken pool fails alike: only one worker did it."""
    found = texts(kind="ProcessPoolExecutor", name="fetch", state="broken", reason="worker 4131 died", lost=12)
    assert found == ["executor fetch is broken: worker 4131 died — 12 tasks lost"]
    error = "ValueError: no model"
    assert texts(state="broken", initializer_error=error) == [f"pool images is broken: its initializer raised {error}"]


def test_a_pool_whose_results_nobody_hands_on() -> None:
    """A callback that raises kills the thread that delivers results, and get() hangs."""
    (found,) = texts(reason="its result handler died of TypeError: no further result can arrive")
    assert found == "pool images cannot go on: its result handler died of TypeError: no further result can arrive"
