"""Items whose end is presumed: they have rows that say why, and what is told of them after all puts these right."""

from __future__ import annotations

from typing import Any

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import pools
from procscope.runtime.collector.slots import Running
from procscope.runtime.events import State
from procscope.runtime.journal.layout import Slot
from tests.unit.collector.house import POOL, House, chunk, failed, mapped, opened, submitted

KILLED = "process 4001 was killed by SIGKILL"


def orphaned(*, alive: bool = True) -> House:
    """An executor's map of six in chunks of two: one chunk has ended, then the main process was killed."""
    house = House()
    chunks = [ev.ChunkSubmitted(1000, POOL, number, -2, 2 * number, 2) for number in range(3)]
    house.feed("main", opened("ProcessPoolExecutor"), ev.BatchSubmitted(1000, POOL, -2, "job.g", "map", 6, 2), *chunks)
    house.feed("w", chunk(0, -1, 0, 2), uid=2, parent=1, pool=POOL)
    house.commit()
    if not alive:
        house.end("w", -9)
    house.end("main", -9)
    pool = house.run.pools[POOL]
    pool.owner_end = KILLED
    pools.orphaned(house.world, pool, 9_000_000)
    house.settle(owner=KILLED)
    house.commit()
    return house


def items(house: House) -> list[tuple[Any, ...]]:
    return [(row["item"], State(row["state"]).name.lower()) for row in house.rows.values()]


def look(house: House, slot: Slot) -> None:
    running = Running(house.world, house.run, slot.started + 1)
    running.see(house.source("w"), slot)
    running.settle(house.run.pools.values(), house.run.processes.values(), slot.started // 1000)


def test_what_a_dead_program_left_undone_has_rows_with_the_reason() -> None:
    """A run said "5 cancelled" and no list showed one of them."""
    house = orphaned(alive=False)
    assert house.counts() == {"succeeded": 2, "cancelled": 4}
    assert items(house) == [(2, "cancelled"), (3, "cancelled"), (4, "cancelled"), (5, "cancelled")]
    assert {row["reason"] for row in house.rows.values()} == {KILLED + " before it ran"}
    assert {row["batch_id"] for row in house.rows.values()} == {1}
    assert not house.run.pools[POOL].chunks
    house.check()


def test_what_an_orphan_runs_after_all_is_counted_once() -> None:
    """SIGKILL of the main process: five items became six, the last of them of a function named "?"."""
    house = orphaned()
    slow = (ev.SlowItem(1, 2_000_000, 3_500_000, "3"),)
    house.feed("w", chunk(1, -1, 0, 2, slow=slow), failed(2, -1, 1), chunk(2, -1, 0, 1, 1))
    house.commit()
    assert house.counts() == {"succeeded": 5, "failed": 1}
    assert items(house) == [(2, "succeeded"), (3, "succeeded"), (4, "succeeded"), (5, "failed")]
    assert not [row for row in house.rows.values() if row["reason"]]
    assert house.run.open == house.run.pools[POOL].open == 0
    house.check()


def test_an_item_that_an_orphan_is_seen_at_is_not_cancelled() -> None:
    """It ran for an hour, and was shown as cancelled before it ran."""
    house = orphaned()
    look(house, Slot(POOL, 1, -1, 1, 10_000_000, "3"))
    house.commit()
    assert house.counts() == {"succeeded": 2, "cancelled": 3, "running": 1}
    (row,) = [row for row in house.rows.values() if row["item"] == 3]
    assert (row["state"], row["finished_us"], row["reason"]) == (State.RUNNING, None, None)
    house.feed("w", chunk(1, -1, 0, 2))
    house.commit()
    assert house.counts() == {"succeeded": 4, "cancelled": 2, "running": 1}
    house.check()


def test_an_orphan_that_dies_in_an_item_loses_that_one() -> None:
    """The count of open items went below zero, and the pool never settled."""
    house = orphaned()
    house.end("w", -9, Slot(POOL, 1, -1, 1, 10_000_000, "3"))
    house.settle(owner=KILLED)
    house.commit()
    assert house.counts() == {"succeeded": 3, "lost": 1, "cancelled": 2}
    assert [state for item, state in items(house) if item == 3] == ["lost"]
    assert house.run.open == house.run.pools[POOL].open == 0
    assert pools.settled(house.run.pools[POOL])
    house.check()


def test_a_task_that_an_orphan_is_seen_at_is_open_again() -> None:
    house = House()
    house.feed("main", opened("ProcessPoolExecutor"), submitted(1))
    house.source("w", 2, 1, POOL)
    house.end("main", -9)
    house.run.pools[POOL].owner_end = KILLED
    house.settle(owner=KILLED)
    house.commit()
    assert house.counts() == {"cancelled": 1}
    look(house, Slot(POOL, 1, -1, -1, 10_000_000, ""))
    assert house.counts() == {"running": 1}
    house.feed("w", ev.TaskRan(POOL, 1, 10_000_000, 12_000_000, State.SUCCEEDED))
    house.commit()
    assert house.counts(house.run.pools[POOL]) == {"succeeded": 1, "running": 1}
    assert house.by_number(1)["state"] == State.SUCCEEDED
    house.check()


def test_a_terminated_pools_items_have_rows_too() -> None:
    house = House()
    house.feed("main", opened(), mapped(3, 10, 2), ev.PoolState(5_000_000, POOL, "terminated"))
    house.feed("w", chunk(3, 1, 0, 2), uid=2, parent=1, pool=POOL)
    house.settle()
    house.commit()
    assert [item for item, _ in items(house)] == [0, 1, 4, 5, 6, 7, 8, 9]
    assert house.counts() == {"succeeded": 2, "cancelled": 8}
    house.check()


def test_where_it_is_not_known_which_items_are_left_they_are_counted() -> None:
    """A collector that took over knows how many have ended, not which: rows for the wrong ones would be invented."""
    house = House()
    house.feed("main", opened(), mapped(3, 10, 2), ev.PoolState(5_000_000, POOL, "terminated"))
    batch = house.run.pools[POOL].batches[3]
    batch.succeeded, batch.announced = 2, 10
    house.run.succeeded = house.run.pools[POOL].succeeded = 2
    house.run.open = house.run.pools[POOL].open = 8
    house.settle()
    house.commit()
    assert house.counts() == {"succeeded": 2, "cancelled": 8}
    assert not house.rows
