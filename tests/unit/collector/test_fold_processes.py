"""Processes: told by themselves, by their parents and by the system, in any order; and as tasks."""

from __future__ import annotations

import itertools

import pytest

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import processes
from procscope.runtime.events import Event, State
from tests.unit.collector.house import POOL, RAISED, House, opened


def started(uid: int, kind: str = "process", pool: int = 0) -> ev.ProcessStarted:
    return ev.ProcessStarted(1_000_000, uid, 4000 + uid, kind, f"P-{uid}", pool, True, "job.child", "(1,)", "fork")


def alive(uid: int, kind: str = "process", pool: int = 0) -> ev.ProcessAlive:
    name = f"P-{uid}"
    return ev.ProcessAlive(1_100_000, uid, 1, 4000 + uid, 4001, kind, name, pool, "job.child", "fork", "3.11", ())


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize(
    ("code", "state", "task"),
    [(0, "finished", "succeeded"), (3, "failed", "failed"), (-9, "killed", "lost"), (None, "unknown", "lost")],
)
def test_a_process_is_one_task_whoever_speaks_first(
    order: tuple[int, ...], code: int | None, state: str, task: str
) -> None:
    house = House()
    house.source("main")
    told: list[tuple[str, Event]] = [("main", started(2)), ("child", alive(2)), ("main", ev.NotObserved(1, "x", "y"))]
    for place in order:
        name, event = told[place]
        house.feed(name, event, uid=2 if name == "child" else 1, parent=int(name == "child"))
    house.commit()
    house.source("child", 2, 1)
    house.end("child", code)
    house.commit()
    process = house.run.processes[2]
    assert (process.state, process.kind, process.name, process.daemon) == (state, "process", "P-2", True)
    assert process.parent_id == house.run.processes[1].id
    assert house.counts() == {task: 1}
    assert len(house.rows) == 1
    assert house.run.workers == 1
    house.check()


def test_an_exception_of_run_is_the_tasks_failure() -> None:
    house = House()
    house.feed("main", started(2))
    house.feed("child", alive(2), ev.ProcessEnding(2_000_000, 2, 1, RAISED), uid=2, parent=1)
    house.end("child", 1)
    house.commit()
    row = house.by_number(2)
    assert (row["state"], row["failure_id"], row["reason"]) == (State.FAILED, 1, None)
    assert house.failures[0][2] == row["id"]


def test_a_process_that_was_not_started_is_a_failed_task() -> None:
    house = House()
    house.feed("main", ev.ProcessNotStarted(1_000_000, 2, "P-2", "job.child", RAISED))
    house.commit()
    assert house.run.processes[2].state == "failed"
    assert house.counts() == {"failed": 1}


def test_a_pools_worker_is_no_task() -> None:
    house = House()
    house.feed("main", opened(), started(2, "worker", POOL))
    house.feed("w", alive(2, "worker", POOL), uid=2, parent=1, pool=POOL)
    house.commit()
    assert house.counts() == {}
    pool = house.run.pools[POOL]
    assert pool.workers == {2}
    assert pool.workers_started == 1
    assert house.run.processes[2].pool_id == pool.id


def test_an_exit_code_told_late_beats_not_knowing() -> None:
    house = House()
    house.source("w", 2, 1, POOL)
    house.end("w", None)
    house.feed("main", ev.ProcessExited(3_000_000, 2, 4002, -11))
    assert house.run.processes[2].state == "killed"
    assert house.run.processes[2].signal == 11


def test_a_deliberate_end_is_told_as_such() -> None:
    house = House()
    house.feed("main", started(2), ev.ProcessSignalled(2_000_000, 2, 4002, 15))
    assert house.run.processes[2].reason == "the program sent it SIGTERM"


def test_an_initializer_that_raises_says_so_on_the_worker() -> None:
    house = House()
    house.feed("w", ev.InitializerFailed(2_000_000, 2, POOL, RAISED), uid=2, parent=1, pool=POOL)
    house.commit()
    assert house.run.processes[2].reason == "its initializer raised ValueError: no"
    assert house.failures[0][6] == "initializer"


def test_an_event_that_makes_no_sense_is_counted_and_what_is_around_it_kept() -> None:
    house = House()
    broken = ev.PoolOpened(None, POOL, "Pool", 2, "", "fork", 0, "", "")  # type: ignore[arg-type]
    house.feed("main", opened(), broken, started(2))
    assert house.run.dropped == 1
    assert 2 in house.run.processes


def test_unknown_kinds_are_counted_and_said() -> None:
    house = House()
    house.feed("main", ev.Unknown(77, b"x"), ev.Unknown(77, b"y"))
    assert house.run.dropped == 2
    assert (house.run.notes or "").count("kind 77") == 1


def test_a_death_is_not_later_than_its_parent_knew() -> None:
    """A task of 30 ms that lost its worker seemed to have run for a second: until the collector looked."""
    house = House()
    house.feed("main", opened("ProcessPoolExecutor"))
    worker = house.process(2, 1, POOL)
    assert processes.died_us(house.run, worker, 9000) == 9000
    house.feed("main", ev.ProcessExited(8_000_000, 2, 4002, -9))
    assert processes.died_us(house.run, worker, 9000) == 8000
    house.feed("main", ev.PoolState(7_000_000, POOL, "broken", "", (4002,)))
    assert processes.died_us(house.run, worker, 9000) == 7000
    assert processes.died_us(house.run, house.process(3, 1, POOL), 9000) == 9000
