"""Where the time of N workers went: every microsecond of it somewhere, and the words fit the numbers."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from procscope.runtime.diagnosis import chunksize
from procscope.runtime.diagnosis.loads import BatchLoad, PoolLoad, WorkerLoad
from procscope.runtime.diagnosis.speedup import as_object, judged, overhead_us

S = 1_000_000


def worker(**given: Any) -> WorkerLoad:
    plain = {
        "pid": 1, "busy_us": S, "idle_us": 0, "sending_us": 0, "receiving_us": 0, "lock_us": None, "calls": 10,
        "tasks": 10, "started_us": 0, "last_us": S, "ended_us": None,
    }  # fmt: skip
    return WorkerLoad(**{**plain, **given})


def load(*workers: WorkerLoad, **given: Any) -> PoolLoad:
    plain = {
        "id": 1, "name": "Pool-1", "kind": "Pool", "size": len(workers) or 2, "clocked": bool(workers), "first_us": 0,
        "last_us": S, "tasks": 20, "run_us": sum(w.busy_us for w in workers), "wait_us": 0, "arrived": 20,
        "transfer_us": 0, "bytes_in": 100, "bytes_out": 100, "parent_cpu": None, "workers": workers, "batches": (),
    }  # fmt: skip
    return PoolLoad(**{**plain, **given})


def lost(one: PoolLoad) -> dict[str, float]:
    found = judged(one)
    assert found is not None
    return {loss.what: round(loss.share, 3) for loss in found.losses}


def verdict(one: PoolLoad) -> str:
    found = judged(one)
    assert found is not None
    return found.verdict


def test_workers_that_always_worked_lost_nothing() -> None:
    found = judged(load(worker(), worker()))
    assert found is not None
    assert (found.achieved, found.efficiency, found.losses) == (2.0, 1.0, ())
    assert found.verdict == "its workers were at work nearly all the time"


def test_a_pool_in_which_nothing_ran_is_not_judged() -> None:
    """A division by its zero seconds ended the listing."""
    assert judged(load(worker(), tasks=0)) is None
    assert judged(load(worker(), last_us=0)) is None
    assert judged(load(size=0)) is None


def test_sending_is_named_with_the_size_of_a_result() -> None:
    busy = worker(busy_us=S // 10, sending_us=8 * S // 10)
    assert lost(load(busy, busy)) == {"sending": 0.8, "waiting": 0.1}
    assert verdict(load(busy, busy, bytes_out=100_000_000)) == (
        "80% of its workers' time: pickling and sending results of 5.0 MB each"
    )


def test_a_worker_that_never_got_anything_means_too_few_tasks() -> None:
    """Half the workers slept: that is the number of chunks, not the pool."""
    idle = worker(busy_us=0, calls=0, last_us=None)
    one = load(worker(calls=1), idle)
    assert lost(one) == {"straggling": 0.5}
    assert verdict(one).endswith("too few tasks: 1 call for 2 workers")


def test_the_last_task_that_runs_alone() -> None:
    early = worker(busy_us=S // 4, last_us=S // 4)
    one = load(worker(), early, early, early)
    assert lost(one) == {"straggling": 0.562}
    assert "the others had nothing left to do" in verdict(one)


def test_a_busy_parent_and_an_empty_queue_are_told_apart() -> None:
    """Both look alike from a worker: it waits. One wants larger chunks, the other more work."""
    waits = worker(busy_us=S // 10, calls=100, idle_us=9 * S // 10)
    assert "parent that was busy itself (CPU 97 %)" in verdict(load(waits, waits, parent_cpu=97.0))
    assert verdict(load(waits, waits)).endswith("waiting, with nothing there to do")
    backlog = load(waits, waits, wait_us=20 * S)
    assert verdict(backlog).endswith("handed over, while there were some")
    assert overhead_us(backlog) > overhead_us(load(waits, waits))


def test_workers_that_came_late_or_were_replaced() -> None:
    one = load(worker(started_us=S // 2, busy_us=S // 2), worker(ended_us=S // 2, busy_us=S // 2, last_us=S // 2))
    assert lost(one) == {"starting": 0.5}
    assert "not there yet" in verdict(one)


def test_locks_are_named_though_they_are_inside_the_calls() -> None:
    """All workers busy, nothing faster: they queue for one lock."""
    one = load(worker(lock_us=S // 2), worker(lock_us=S // 2))
    assert lost(one) == {"locks": 0.5}
    assert "waiting for locks" in verdict(one)


def test_of_threads_only_what_is_known_is_said() -> None:
    one = load(kind="ThreadPool", size=4, clocked=False, run_us=S)
    assert lost(one) == {"not_observed": 0.75}
    found = judged(one)
    assert found is not None
    told = as_object(found)
    assert (told["by_worker"], told["overhead_s"]) == ([], None)


def test_a_call_that_has_not_ended_is_work_to_the_end_of_the_last_task() -> None:
    """One stuck item was time "between items" and "after its last task" at once: the shares were 128 % in all."""
    stuck = worker(busy_us=9 * S, last_us=S // 4, call_us=S // 4, in_call_us=9 * S - S // 4)
    one = load(worker(), stuck, run_us=S + S // 4)
    assert lost(one) == {}
    found = judged(one)
    assert found is not None
    assert (found.efficiency, found.achieved) == (1.0, 2.0)
    late = worker(busy_us=9 * S, last_us=S // 4, call_us=2 * S, in_call_us=9 * S - S // 4)
    assert lost(load(worker(), late, run_us=S + S // 4)) == {"straggling": 0.375}


@pytest.mark.parametrize("seed", range(50))
def test_the_shares_add_up(seed: int) -> None:
    """Numbers that explain 130 % of the time explain nothing."""
    dice = random.Random(seed)
    workers = []
    for _ in range(dice.randint(1, 8)):
        parts = sorted(dice.randint(0, S) for _ in range(4))
        workers.append(
            worker(busy_us=parts[0], sending_us=parts[1] - parts[0], receiving_us=parts[2] - parts[1], last_us=parts[3])
        )
    found = judged(load(*workers, run_us=sum(w.busy_us for w in workers) or 1))
    assert found is not None
    assert sum(loss.share for loss in found.losses) + found.efficiency == pytest.approx(1.0, abs=0.001)


def test_the_chunksize_is_the_one_of_the_formula() -> None:
    """Kruskal and Weiss (1985): k = (√2 n h / (s p √ln p))^(2/3), and E(k) is least there."""
    n, mean, deviation, workers, overhead = 10_000, 100.0, 50.0, 8, 20.0
    k = (math.sqrt(2) * n * overhead / (deviation * workers * math.sqrt(math.log(workers)))) ** (2 / 3)
    assert chunksize.best(n, mean, deviation, workers, overhead) == round(k)

    def expected(size: int) -> float:
        return chunksize.expected_us(n, mean, deviation, workers, overhead, size)

    assert min(range(1, 1250), key=expected) == pytest.approx(k, rel=0.1)


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ((1000, 100.0, 0.0, 4, 20.0), 250),  # all alike: one chunk each
        ((1000, 100.0, 50.0, 4, 0.0), 1),  # handing over costs nothing
        ((1000, 100.0, 50.0, 1, 20.0), 1000),  # nobody to share with
        ((3, 100.0, 50.0, 8, 20.0), 1),
    ],
)
def test_the_edges_of_the_formula(case: Any, wanted: int) -> None:
    assert chunksize.best(*case) == wanted


def test_advice_is_given_only_where_it_is_worth_it() -> None:
    assert chunksize.advice(3000, 10.0, 5.0, 4, 3000.0, 1) is not None
    assert chunksize.advice(3000, 1e6, 1e5, 4, 100.0, 1) is None  # a second each: chunks do not matter
    assert chunksize.advice(0, 1.0, 1.0, 4, 1.0, 1) is None


def test_a_map_of_trivial_items_one_by_one_is_advised() -> None:
    items = BatchLoad(1, "job.f", "map", 3000, 1, 3000, 10.0, 5.0, 0, 0, 0, 3000)
    waits = worker(busy_us=15_000, calls=1500, idle_us=S, receiving_us=10_000)
    one = replace(load(waits, waits, batches=(items,), tasks=3000, wait_us=3000 * S))
    found = judged(one)
    assert found is not None
    (better,) = as_object(found)["chunksize"]
    assert better["chunksize"] == 1
    assert better["better"] > 100
    assert better["gain"] > 0.9
