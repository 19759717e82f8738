"""What is known to be unknown: a library's own workers, and executors seen from outside."""

from __future__ import annotations

import pytest

from procscope.runtime import events as ev
from procscope.runtime.events import State
from tests.unit.collector.house import POOL, RAISED, House, submitted


def _wrapped() -> ev.PoolOpened:
    return ev.PoolOpened(1000, POOL, "Mine", 0, "Mine-1", "", 0, "", "job.py:1", "where its tasks run, and since when")


def test_a_librarys_worker_is_no_task_and_says_what_is_not_seen() -> None:
    """It was one task that ran as long as the worker lived, and was lost when its library ended it."""
    house = House()
    told = ev.ProcessStarted(1, 2, 4002, "worker", "pebble-1", 0, True, "pebble.loop", "", "fork", "pebble")
    house.feed("main", told, told)
    house.commit()
    process = house.run.processes[2]
    assert (process.kind, process.unobserved) == ("worker", "its tasks: it runs pebble's own worker code")
    assert house.run.notes == '["tasks that pebble hands to its own workers are not observed"]'
    house.source("child", 2, 1)
    house.end("child", -15)
    house.commit()
    assert house.counts() == {}
    house.check()


@pytest.mark.parametrize("outcome", [State.SUCCEEDED, State.FAILED, State.CANCELLED, State.LOST])
def test_a_task_that_nobody_saw_start_has_no_start(outcome: State) -> None:
    """A start at the submission, or a run of 0 s, would be an invention."""
    house = House()
    why = RAISED if outcome == State.FAILED else None
    house.feed("main", _wrapped(), submitted(3), ev.TaskSettled(8_000_000, POOL, 3, outcome, "", why))
    house.commit()
    row = house.by_number(3)
    assert (row["state"], row["started_us"], row["duration_us"], row["process_id"]) == (outcome, None, None, None)
    assert row["finished_us"] is not None
    assert row["failure_id"] == (1 if why else None)
    assert house.sketched == 0
    assert house.run.pools[POOL].unobserved == "where its tasks run, and since when"
    assert house.run.pools[POOL].size is None
    house.check()


def test_an_end_may_come_before_its_submission() -> None:
    """The thread that runs a task may be read before the one that submitted it."""
    house = House()
    assert house.feed("thread", ev.TaskSettled(8_000_000, POOL, 3, State.SUCCEEDED)) == 1
    house.feed("main", _wrapped(), submitted(3))
    house.feed("thread")
    house.commit()
    assert house.counts() == {"succeeded": 1}
    house.check()


@pytest.mark.parametrize(("code", "reason"), [(15, "the program sent it SIGTERM"), (1, None), (0, None)])
def test_a_worker_that_exits_with_the_signals_number_obeyed_it(code: int, reason: str | None) -> None:
    """pebble's workers take SIGTERM by exiting with 15: each looked like a crash of its own."""
    house = House()
    told = ev.ProcessStarted(1, 2, 4002, "worker", "pebble-1", 0, True, "pebble.loop", "", "fork", "pebble")
    house.feed("main", told, ev.ProcessSignalled(2, 2, 4002, 15))
    house.source("child", 2, 1)
    house.end("child", code)
    house.commit()
    assert house.run.processes[2].reason == reason
