"""Slots: who is busy, since when, and from when on it deserves a row."""

from __future__ import annotations

from procscope.runtime.collector.slots import ITEM_SEEN_NS, TASK_SEEN_NS, Running
from procscope.runtime.events import State
from procscope.runtime.journal.layout import Slot
from tests.unit.collector.house import POOL, House, chunk, mapped, opened, ran, submitted


def look(house: House, now: int, **slots: Slot) -> Running:
    running = Running(house.world, house.run, now)
    for name, slot in slots.items():
        running.see(house.source(name), slot)
    running.settle(house.run.pools.values(), house.run.processes.values(), now // 1000)
    return running


def busy() -> House:
    house = House()
    house.feed("main", opened(), submitted(1, "(1,)"), mapped(3, 100, 25))
    house.source("w", 2, 1, POOL)
    house.source("v", 3, 1, POOL)
    return house


def test_a_task_just_begun_is_counted_but_has_no_row_of_its_own_yet() -> None:
    house = busy()
    look(house, 1_000_000 + TASK_SEEN_NS - 1, w=Slot(POOL, 1, -1, -1, 1_000_000, ""))
    house.commit()
    assert house.counts() == {"pending": 100, "running": 1}
    assert house.by_number(1)["state"] == State.PENDING


def test_a_task_that_runs_for_a_while_says_so_where_and_since_when() -> None:
    house = busy()
    look(house, 1_000_000 + TASK_SEEN_NS, w=Slot(POOL, 1, -1, -1, 1_000_000, ""))
    house.commit()
    row = house.by_number(1)
    assert (row["state"], row["started_us"], row["args"]) == (State.RUNNING, 1000, "(1,)")
    process = house.run.processes[2]
    assert (process.current_task, process.current_since_us) == (1, 1000)
    house.feed("w", ran(1))
    look(house, 2 * TASK_SEEN_NS)
    house.commit()
    assert house.by_number(1)["state"] == State.SUCCEEDED
    assert process.current_task is None
    assert house.counts() == {"pending": 100, "succeeded": 1}


def test_an_item_that_runs_long_gets_one_row_which_its_report_ends() -> None:
    house = busy()
    slot = Slot(POOL, 3, 1, 4, 1_000_000, "'x'")
    for turn in range(3):
        look(house, 1_000_000 + ITEM_SEEN_NS + turn, w=slot)
        house.commit()
    (row,) = [row for row in house.rows.values() if row["batch_id"]]
    assert (row["state"], row["item"], row["args"]) == (State.RUNNING, 29, "'x'")
    house.feed("w", chunk(3, 1, 0, 25))
    look(house, 1_000_000 + 2 * ITEM_SEEN_NS, w=slot)
    house.commit()
    assert row["state"] == State.SUCCEEDED
    assert house.counts() == {"pending": 76, "succeeded": 25}


def test_a_slot_whose_chunk_is_done_counts_for_nothing() -> None:
    house = busy()
    house.feed("w", *[chunk(3, place, 0, 25) for place in range(4)])
    running = look(house, 9_000_000_000, w=Slot(POOL, 3, 3, 24, 1_000_000, ""))
    assert house.run.running == 0
    assert running.busy == {}


def test_two_workers_are_two_running() -> None:
    house = busy()
    look(house, 2_000_000, w=Slot(POOL, 1, -1, -1, 1_000_000, ""), v=Slot(POOL, 3, 0, 7, 1_000_000, ""))
    assert house.run.pools[POOL].running == 2
    assert house.run.pools[POOL].batches[3].running == 1
    assert house.counts()["pending"] == 99


def test_a_slot_of_an_unknown_pool_is_only_looked_at() -> None:
    house = busy()
    look(house, 9_000_000_000, w=Slot(-5, 2**60, 7, 2**40, -1, "x"))
    assert house.run.running == 0
