"""A result's way back: told by the parent, matched to what the worker told, once, in any order and after any death."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import arrivals
from procscope.runtime.events import Event, State
from tests.unit.collector.house import POOL, RAISED, House, chunk, failed, interleaved, mapped, opened, submitted


def ran(number: int, outcome: State = State.SUCCEEDED) -> ev.TaskRan:
    start = 2_000_000 + number * 1000
    return ev.TaskRan(POOL, number, start, start + 5_000_000, outcome, "", 100 + number)


def came(number: int, place: int = -1, after_us: int = 30) -> ev.ResultArrived:
    return ev.ResultArrived(7_000_000 + number * 1000 + after_us * 1000, POOL, number, place, 40)


def moved(house: House) -> tuple[int, ...]:
    """arrived, transfer_us, bytes_in, bytes_out of all rollups."""
    return tuple(house.moved)


@pytest.mark.parametrize("first", ["arrival", "end"])
@pytest.mark.parametrize("split", [False, True])
def test_either_half_may_be_told_first(first: str, split: bool) -> None:
    """The parent's region is read before the workers': an arrival without its task would have been thrown away."""
    house = House()
    house.feed("main", opened("ProcessPoolExecutor"), submitted(7, "(1,)"))
    for half in ("arrival", "end") if first == "arrival" else ("end", "arrival"):
        if half == "end":
            house.feed("w", ran(7), uid=2, parent=1, pool=POOL)
        else:
            house.feed("hands", came(7))
        if split:
            house.commit()
    house.commit()
    row = house.by_number(7)
    assert (row["finished_us"], row["arrived_us"], row["bytes_in"], row["bytes_out"]) == (7007, 7037, 107, 40)
    assert moved(house) == (1, 30, 107, 40)
    assert not house.run.pools[POOL].ended
    assert not house.run.pools[POOL].arrived


def test_a_result_that_came_with_its_end_costs_no_update() -> None:
    """One UPDATE a task would halve what a collector can take in."""
    house = House()
    house.feed("main", opened(), *[submitted(number) for number in range(20)])
    house.feed("hands", *[came(number) for number in range(10)])
    house.feed("w", *[ran(number) for number in range(20)], uid=2, parent=1, pool=POOL)
    house.feed("hands", *[came(number) for number in range(10, 20)])
    assert not house.world.changes.updates
    assert not house.world.changes.arrivals
    house.commit()
    assert {row["arrived_us"] - row["finished_us"] for row in house.rows.values()} == {30}


def test_what_has_no_pickle_has_no_transfer() -> None:
    """A thread's task showed a transfer of 0 s and 0 bytes, as if that had been measured."""
    house = House()
    house.feed("main", opened("ThreadPool"), submitted(7), ev.TaskRan(POOL, 7, 1000, 2000, State.SUCCEEDED, "T-1"))
    house.commit()
    row = house.by_number(7)
    assert (row["arrived_us"], row["bytes_in"], row["bytes_out"]) == (None, None, None)
    assert not house.run.pools[POOL].ended


def test_a_task_that_failed_after_all_keeps_its_transfer_once() -> None:
    """A result that cannot be pickled: ended well, then put right; the transfer must neither go nor double."""
    for order in itertools.permutations(range(3)):
        house = House()
        house.feed("main", opened(), submitted(7))
        steps = (("w", ran(7)), ("w", ev.ResultFailed(8_000_000, POOL, 7, "result", RAISED)), ("hands", came(7)))
        if order.index(0) > order.index(1):
            continue
        for step in order:
            house.feed(steps[step][0], steps[step][1], uid=1 + (steps[step][0] == "w"), pool=POOL)
            house.commit()
        assert house.counts() == {"failed": 1}
        assert moved(house) == (1, 30, 107, 40), order
        house.check()


@pytest.mark.parametrize("seed", range(25))
def test_no_order_of_the_regions_changes_the_split(seed: int) -> None:
    """Sums of transfers and bytes, rows and batches alike, whichever region is read first and wherever it is cut."""
    regions = _regions()
    house = House()
    house.source("main")
    for turn, (name, event) in enumerate(interleaved(regions, seed)):
        house.feed(name, event, uid={"main": 1, "hands": 1, "a": 2, "b": 3}[name], pool=POOL)
        if turn % 7 == seed % 7:
            house.commit()
    for name in ("a", "b", "a", "b"):
        house.feed(name)
    house.commit()
    assert moved(house) == (30 + 8, 30 * 30 + 4 * 1000, sum(100 + n for n in range(30)) + 4 * 500, 34 * 40)
    assert Counter(row["arrived_us"] is not None for row in house.rows.values()) == {True: 30}
    (batch,) = house.batches
    assert (batch.chunks, batch.arrived, batch.transfer_us, batch.bytes_in) == (4, 4, 4000, 2000)
    pool = house.run.pools[POOL]
    assert not any((pool.ended, pool.arrived, pool.chunk_ends, pool.chunk_arrivals))
    assert pool.note is None
    house.check()


def _regions() -> dict[str, list[Event]]:
    regions: dict[str, list[Event]] = {"main": [opened(), mapped(100, 8, 2)], "hands": [], "a": [], "b": []}
    for number in range(30):
        regions["main"].append(submitted(number))
        worker = regions["ab"[number % 2]]
        if number % 7 == 3:
            worker.append(failed(number))
        worker.append(ran(number, State.FAILED if number % 7 == 3 else State.SUCCEEDED))
        regions["hands"].append(came(number))
    for place in range(4):
        regions["ab"[place % 2]].append(chunk(100, place, 0, 2)._replace(bytes=500))
        regions["hands"].append(ev.ResultArrived(5_000_000, POOL, 100, place, 40))
    random.Random(3).shuffle(regions["hands"])
    return regions


def test_a_chunk_of_one_gives_its_slow_item_the_split() -> None:
    """`imap` and `Executor.map` send each item by itself: its row is a task's, and has a transfer as any other."""
    house = House()
    slow = (ev.SlowItem(0, 2_000_000, 4_000_000, "3"),)
    house.feed("main", opened(), mapped(9, 1, 1))
    house.feed("w", chunk(9, 0, 0, 1, slow=slow)._replace(bytes=50), uid=2, parent=1, pool=POOL)
    house.feed("hands", ev.ResultArrived(4_500_000, POOL, 9, 0, 60))
    assert not house.world.changes.arrivals
    house.commit()
    (row,) = house.rows.values()
    assert (row["arrived_us"], row["bytes_in"], row["bytes_out"]) == (4500, 50, 60)
    assert moved(house) == (1, 500, 50, 60)


def test_a_journal_full_of_arrivals_of_nothing_is_bounded() -> None:
    """A hostile or half-lost journal must not fill the collector's memory."""
    house = House()
    house.feed("main", opened())
    house.feed("hands", *[came(number) for number in range(arrivals.MOST + 100)])
    assert len(house.run.pools[POOL].arrived) <= arrivals.MOST
    house.commit()
    assert len(house.run.pools[POOL].note or "") < 50_000
