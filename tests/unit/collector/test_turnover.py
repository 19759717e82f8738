"""What a pool wore out, counted when its workers are dead or, for threads, when they tell."""

from __future__ import annotations

import json
import signal

import pytest

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import processes
from tests.unit.collector.house import POOL, RAISED, House


def opened(kind: str = "Pool") -> House:
    """A run with a pool of two."""
    house = House()
    house.feed("main", ev.PoolOpened(1, POOL, kind, 2, "images", "fork", 0, "", "job.py:1"))
    return house


def ended(house: House, uid: int, code: int | None) -> None:
    """Worker `uid` is dead."""
    processes.ended(house.world, house.run, house.run.processes[uid], code, 99)


def retired(house: House) -> dict[str, int]:
    """What the pool's row will say."""
    found: dict[str, int] = json.loads(house.run.pools[POOL].retired or "{}")
    return found


@pytest.mark.parametrize("reason", ["maxtasks", "sentinel", "exit", "eof", "exception"])
def test_a_worker_counts_by_what_it_said_itself(reason: str) -> None:
    """A pool's turnover by maxtasksperchild could not be told from workers that fail."""
    house = opened()
    house.feed("w", ev.WorkerRetired(5, 2, POOL, reason, 3), uid=2, parent=1, pool=POOL)
    ended(house, 2, 0)
    assert retired(house) == {reason: 1}


def test_a_worker_whose_initializer_raised() -> None:
    """Its loop ends by an exception as well: the cause counts."""
    house = opened()
    house.feed(
        "w", ev.InitializerFailed(4, 2, POOL, RAISED), ev.WorkerRetired(5, 2, POOL, "exception", 0), uid=2, pool=POOL
    )
    ended(house, 2, 1)
    assert retired(house) == {"initializer": 1}
    assert house.run.pools[POOL].initializer_error == "ValueError: no"


def test_a_kill_is_told_from_what_the_program_did() -> None:
    """Every pool left by `with` terminates its workers, which must not look like deaths."""
    house = opened()
    for uid in (2, 3, 4):
        house.process(uid, 1, POOL)
    house.feed("main", ev.ProcessSignalled(4, 3, 4003, signal.SIGTERM, "pool"))
    ended(house, 2, -signal.SIGKILL)
    ended(house, 3, -signal.SIGTERM)
    ended(house, 4, 7)
    assert retired(house) == {"killed": 1, "ended": 1, "exited": 1}
    assert house.run.processes[3].reason == "the program sent it SIGTERM: its pool was terminated"


def test_a_broken_executors_siblings_are_not_killed_by_strangers() -> None:
    """Some executors end the innocent with SIGKILL; the one they blame was killed."""
    house = opened("ProcessPoolExecutor")
    for uid in (2, 3):
        house.process(uid, 1, POOL)
    house.feed("main", ev.PoolState(4, POOL, "broken", "", (4002,)))
    ended(house, 2, -signal.SIGKILL)
    ended(house, 3, -signal.SIGKILL)
    assert retired(house) == {"killed": 1, "ended": 1}


def test_who_broke_the_executor_was_not_ended_by_it() -> None:
    """A broken executor sends SIGTERM to all its workers, the dead one too: the program seemed to have ended it."""
    house = opened("ProcessPoolExecutor")
    for uid in (2, 3):
        house.process(uid, 1, POOL)
    house.feed("main", ev.PoolState(4, POOL, "broken", "", (4002,)))
    for uid in (2, 3):
        house.feed("main", ev.ProcessSignalled(5, uid, 4000 + uid, signal.SIGTERM, "broken"))
        ended(house, uid, -signal.SIGTERM)
    assert retired(house) == {"killed": 1, "ended": 1}
    assert house.run.processes[2].reason is None
    assert house.run.processes[3].reason == "the program sent it SIGTERM: its executor broke"


def test_threads_count_when_they_tell_and_leave_their_process_alone() -> None:
    """The main process was said to have ended because a thread of its pool had run its tasks."""
    house = opened("ThreadPool")
    house.feed(
        "t", ev.InitializerFailed(4, 1, POOL, RAISED, "T-1"), ev.WorkerRetired(5, 1, POOL, "initializer", 0, "T-1"),
        ev.WorkerRetired(6, 1, POOL, "maxtasks", 4, "T-2"),
    )  # fmt: skip
    assert retired(house) == {"initializer": 1, "maxtasks": 1}
    assert house.run.processes[1].reason is None


def test_an_interrupted_process_was_interrupted_by_the_program() -> None:
    """Process.interrupt ends a child by KeyboardInterrupt, with exit code 1: that is no failure nobody knows."""
    house = opened()
    house.process(2, 1)
    house.feed("main", ev.ProcessSignalled(4, 2, 4002, signal.SIGINT))
    ended(house, 2, 1)
    assert house.run.processes[2].reason == "the program sent it SIGINT"


def test_a_thread_that_an_exception_ended_is_a_failure_of_its_own() -> None:
    """The traceback on stderr was all there was."""
    house = opened()
    house.feed("t", ev.ThreadFailed(4, 1, "Thread-3 (load)", False, RAISED))
    assert not house.waiting
    ((row),) = house.world.changes.failures
    assert (row[6], row[-1]) == ("thread", "Thread-3 (load)")


def test_the_standard_librarys_own_processes_are_no_workers() -> None:
    """A fork server counted as a worker, and as one that was never reaped."""
    house = opened()
    house.feed("main", ev.ServantStarted(4, 9, 4444, "forkserver"))
    process = house.run.processes[9]
    assert (process.kind, process.pid, process.name, process.parent) == ("forkserver", 4444, "forkserver", 1)
    assert house.run.workers == 0
