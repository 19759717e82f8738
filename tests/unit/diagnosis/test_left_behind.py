"""Orphans, zombies, and workers that are gone, in words."""

from __future__ import annotations

from typing import Any

from procscope.runtime.diagnosis import diagnose, turnover
from procscope.runtime.diagnosis.facts import Orphan, Zombies
from tests.unit.diagnosis.cases import NOW, SECOND, dead, facts, pool


def orphan(**values: Any) -> Orphan:
    """Worker 4140, whose parent 4101 was killed ten seconds ago."""
    dull: dict[str, Any] = {
        "run": "4f", "process_id": 9, "pid": 4140, "kind": "worker", "since_us": NOW - 10 * SECOND, "parent_id": 1,
        "parent_pid": 4101, "parent_kind": "main", "parent_signal": 9, "parent_code": -9,
    }  # fmt: skip
    return Orphan(**{**dull, **values})


def texts(**values: Any) -> list[str]:
    """What is said about these facts."""
    return [incident.text for incident in diagnose(facts(**values))]


def test_workers_that_outlive_the_program_are_named() -> None:
    """An executor's workers waited for ever for a parent that the OOM killer had taken, and nobody knew of them."""
    assert texts(orphans=(orphan(),)) == ["worker 4140 lives on although its parent, main 4101, was killed (SIGKILL)"]
    both = (orphan(pid=4141, process_id=10), orphan())
    assert texts(orphans=both) == [
        "2 workers (4140, 4141) live on although their parent, main 4101, was killed (SIGKILL)"
    ]


def test_who_follows_its_parent_at_once_is_no_orphan() -> None:
    """A group that was killed together showed as orphans for the moment between two deaths."""
    assert texts(orphans=(orphan(since_us=NOW - SECOND),)) == []


def test_a_parent_that_left_in_peace() -> None:
    """Not every orphan's parent was killed."""
    left = orphan(kind="process", parent_kind="process", parent_signal=None, parent_code=0)
    assert texts(orphans=(left,)) == ["process 4140 lives on although its parent, process 4101, has ended"]


def test_only_many_zombies_are_trouble() -> None:
    """A child that ends before its parent joins it is how programs are; five hundred are a leak of pids."""
    few = Zombies("4f", 1, 4101, "main", 3, NOW - 60 * SECOND)
    assert texts(zombies=(few,)) == []
    many = Zombies("4f", 1, 4101, "main", 500, NOW - 60 * SECOND)
    assert texts(zombies=(many,)) == ["main 4101 does not reap 500 dead children: join() them"]


def test_workers_gone_by_why() -> None:
    """A pool with maxtasksperchild looked as if it crashed all the time."""
    assert turnover.gone({}) == ""
    assert turnover.gone({"killed": 2, "maxtasks": 1200}) == (
        "1,202 workers gone: 1,200 after as many tasks as they may, 2 killed"
    )
    assert turnover.gone({"bored": 1}) == "1 worker gone: 1 bored"


def test_sys_exit_in_a_task_of_a_pool_is_said() -> None:
    """get() waits for ever and the pool looks healthy."""
    assert texts(pools=(pool(retired={"exit": 1, "maxtasks": 9}),)) == [
        "workers of pool images left in the middle of a task (1 by sys.exit() in a task): its result never comes"
    ]


def test_collateral_of_a_broken_executor_is_no_death_of_its_own() -> None:
    """Some executors end with SIGKILL what is left of a pool: the culprit is the news, not its siblings."""
    broken = {"pool_state": "broken", "pool_reason": "worker 4131 died"}
    assert len(texts(dead=(dead(**broken), dead(**broken, pid=4132, process_id=5)))) == 1
    unblamed = dead(pool_state="broken", pool_reason="a result could not be read")
    assert len(texts(dead=(unblamed,))) == 1
