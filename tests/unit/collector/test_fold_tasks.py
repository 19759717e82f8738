"""Single tasks through the fold: one row each, exact counts, whatever the order of the regions."""

from __future__ import annotations

import pytest

from procscope.runtime import events as ev
from procscope.runtime.events import Event, State
from procscope.runtime.journal.layout import Slot
from tests.unit.collector.house import POOL, RAISED, House, failed, interleaved, opened, ran, submitted


def test_a_short_task_is_one_insert_and_no_update() -> None:
    house = House()
    house.feed("main", opened(), submitted(7, "(1,)"))
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    assert len(house.world.changes.tasks) == 1
    assert not house.world.changes.updates
    house.commit()
    row = house.by_number(7)
    assert row["state"] == State.SUCCEEDED
    assert row["duration_us"] == 5000
    assert row["args"] == "(1,)"
    assert house.counts() == {"succeeded": 1}
    house.check()


def test_a_task_that_outlives_its_transaction_is_pending_and_then_updated() -> None:
    house = House()
    house.feed("main", opened(), submitted(7, "(1,)"))
    house.commit()
    assert house.by_number(7)["state"] == State.PENDING
    assert house.counts() == {"pending": 1}
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    house.commit()
    assert house.by_number(7)["state"] == State.SUCCEEDED
    assert house.counts() == {"succeeded": 1}
    house.check()


def test_an_end_waits_for_its_submission_and_is_not_taken_for_another_task() -> None:
    house = House()
    house.feed("main", opened())
    assert house.feed("w", ran(7), ran(8), uid=2, parent=1, pool=POOL) == 2
    house.feed("main", submitted(7), submitted(8))
    assert house.feed("w") == 0
    house.commit()
    assert house.counts() == {"succeeded": 2}
    assert len(house.rows) == 2


def test_an_end_whose_submission_was_lost_is_accepted_in_the_end() -> None:
    house = House()
    house.feed("main", opened())
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    assert house.feed("w", accept=True) == 0
    house.commit()
    assert house.counts() == {"succeeded": 1}
    assert house.by_number(7)["submitted_us"] is None
    house.check()


def test_an_end_told_twice_counts_once() -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    house.commit()
    house.feed("w", ran(7), accept=True)
    house.commit()
    assert house.counts() == {"succeeded": 1}
    assert len(house.rows) == 1


@pytest.mark.parametrize("split", [False, True])
def test_a_failure_names_its_task_even_where_a_transaction_ends_in_between(split: bool) -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.feed("w", failed(7), uid=2, parent=1, pool=POOL)
    if split:
        house.commit()
        assert house.by_number(7)["failure_id"] == 1
    house.feed("w", ran(7, State.FAILED))
    house.commit()
    row = house.by_number(7)
    assert (row["state"], row["failure_id"], row["args"]) == (State.FAILED, 1, "(7,)")
    assert house.failures[0][2] == row["id"]
    assert house.counts() == {"failed": 1}
    house.check()


def test_a_worker_killed_in_flight_loses_its_task_with_the_signal() -> None:
    house = House()
    house.feed("main", opened(), submitted(7), submitted(8))
    house.source("w", 2, 1, POOL)
    house.commit()
    house.end("w", -9, Slot(POOL, 7, -1, -1, 2_000_000, "(23,)"))
    house.commit()
    row = house.by_number(7)
    assert row["state"] == State.LOST
    assert row["reason"] == "worker 4002 was killed by SIGKILL"
    assert (row["args"], row["started_us"]) == ("(23,)", 2000)
    assert house.counts() == {"pending": 1, "lost": 1}
    house.check()


def test_a_slot_left_behind_by_a_task_that_ended_loses_nothing() -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    house.end("w", -9, Slot(POOL, 7, -1, -1, 2_000_000, ""))
    house.commit()
    assert house.counts() == {"succeeded": 1}


def test_a_worker_that_leaves_by_sys_exit_in_a_task_loses_it() -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.source("w", 2, 1, POOL)
    house.end("w", 3, Slot(POOL, 7, -1, -1, 2_000_000, ""))
    house.commit()
    assert house.by_number(7)["reason"] == "worker 4002 exited with code 3"


def test_a_cancelled_future_and_one_that_could_not_be_pickled() -> None:
    house = House()
    house.feed(
        "main", opened("ProcessPoolExecutor"), submitted(1), submitted(2),
        ev.TaskDropped(5_000_000, POOL, 1, State.CANCELLED, "cancelled"),
        ev.TaskDropped(5_000_000, POOL, 2, State.FAILED, "cannot be pickled", RAISED),
    )  # fmt: skip
    house.commit()
    assert house.counts() == {"failed": 1, "cancelled": 1}
    assert house.by_number(2)["failure_id"] == 1
    assert house.failures[0][2] == house.by_number(2)["id"]
    house.check()


@pytest.mark.parametrize("split", [False, True])
def test_a_result_that_cannot_be_sent_makes_its_task_failed(split: bool) -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    if split:
        house.commit()
    house.feed("w", ev.ResultFailed(8_000_000, POOL, 7, "result", RAISED))
    house.commit()
    assert house.by_number(7)["state"] == State.FAILED
    assert house.by_number(7)["failure_id"] == 1
    assert house.counts() == {"failed": 1}
    house.check()


def test_a_callback_that_raises_leaves_the_task_as_it_was() -> None:
    house = House()
    house.feed("main", opened(), submitted(7))
    house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
    house.commit()
    house.feed("main", ev.ResultFailed(8_000_000, POOL, 7, "callback", RAISED, True))
    house.commit()
    assert house.counts() == {"succeeded": 1}
    assert house.failures[0][6] == "callback"
    assert "result handler" in (house.run.pools[POOL].reason or "")


@pytest.mark.parametrize("seed", range(25))
def test_no_order_of_the_regions_changes_the_outcome(seed: int) -> None:
    regions: dict[str, list[Event]] = {"main": [opened()], "a": [], "b": []}
    for number in range(40):
        regions["main"].append(submitted(number))
        worker = regions["ab"[number % 2]]
        if number % 7 == 3:
            worker.append(failed(number))
        worker.append(ran(number, State.FAILED if number % 7 == 3 else State.SUCCEEDED))
    house = House()
    house.source("main")
    for turn, (name, event) in enumerate(interleaved(regions, seed)):
        house.feed(name, event, uid={"main": 1, "a": 2, "b": 3}[name], parent=int(name != "main"), pool=POOL)
        if turn % 11 == seed % 11:
            house.commit()
    for name in ("a", "b", "a", "b"):
        house.feed(name)
    house.commit()
    assert not house.waiting
    assert house.states() == {"succeeded": 34, "failed": 6}
    assert house.counts() == {"succeeded": 34, "failed": 6}
    assert house.sketched == 34
    house.check()
