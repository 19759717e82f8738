"""Batches: items are counted exactly, and those that matter have rows."""

from __future__ import annotations

import pytest

from procscope.runtime import events as ev
from procscope.runtime.collector.fold.state import ChunkRows
from procscope.runtime.events import State
from procscope.runtime.journal.layout import Slot
from tests.unit.collector.house import POOL, RAISED, House, chunk, failed, mapped, opened, submitted


def a_map(total: int = 100, chunksize: int = 25) -> House:
    house = House()
    house.feed("main", opened(), mapped(3, total, chunksize))
    house.source("w", 2, 1, POOL)
    return house


def test_fast_items_are_counted_and_have_no_row() -> None:
    house = a_map()
    assert house.counts() == {"pending": 100}
    batch = house.run.pools[POOL].batches[3]
    house.feed("w", *[chunk(3, place, 0, 25) for place in range(4)])
    house.commit()
    assert house.counts() == {"succeeded": 100}
    assert not house.rows
    assert (batch.folded, batch.finished_us) == (100, 4000)
    assert 3 not in house.run.pools[POOL].batches
    assert house.sketched == 100
    house.check()


def test_an_item_that_raises_ends_its_chunk() -> None:
    house = a_map()
    house.feed("w", failed(3, 1, 10), chunk(3, 1, 0, 10, 1, 14))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 10, "failed": 1, "cancelled": 14}
    (bad,) = [row for row in house.rows.values() if row["state"] == State.FAILED]
    assert (bad["item"], bad["failure_id"]) == (35, 1)
    cancelled = [row for row in house.rows.values() if row["state"] == State.CANCELLED]
    assert [row["item"] for row in cancelled] == list(range(36, 50))
    assert cancelled[0]["reason"] == "item 10 of its chunk raised"
    house.check()


def test_a_chunk_that_runs_long_is_told_piece_by_piece() -> None:
    house = a_map()
    house.feed("w", chunk(3, 0, 0, 10, last=False))
    house.commit()
    assert house.counts() == {"pending": 90, "succeeded": 10}
    house.feed("w", chunk(3, 0, 10, 15))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 25}
    house.check()


def test_slow_items_have_rows_with_their_place() -> None:
    house = a_map()
    house.feed("w", chunk(3, 2, 0, 25, slow=(ev.SlowItem(4, 2_000_000, 3_500_000, "'big.png'"),)))
    house.commit()
    (row,) = house.rows.values()
    assert (row["item"], row["args"], row["duration_us"]) == (54, "'big.png'", 1500)
    assert house.counts() == {"pending": 75, "succeeded": 25}


@pytest.mark.parametrize("reported", [0, 8])
def test_a_killed_worker_loses_the_item_it_was_on_and_those_after_never_ran(reported: int) -> None:
    house = a_map()
    if reported:
        house.feed("w", chunk(3, 1, 0, reported, last=False))
        house.commit()
    house.end("w", -9, Slot(POOL, 3, 1, 17, 2_000_000, "17"))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 17, "cancelled": 7, "lost": 1}
    (lost,) = [row for row in house.rows.values() if row["state"] == State.LOST]
    assert (lost["item"], lost["reason"], lost["args"]) == (42, "worker 4002 was killed by SIGKILL", "17")
    house.check()


def test_a_worker_killed_right_after_its_last_report_loses_nothing() -> None:
    house = a_map()
    house.feed("w", chunk(3, 1, 0, 25))
    house.end("w", -9, Slot(POOL, 3, 1, 24, 2_000_000, ""))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 25}


def test_a_worker_killed_between_its_exception_and_its_report_failed() -> None:
    house = a_map()
    house.feed("w", failed(3, 1, 17))
    house.end("w", -9, Slot(POOL, 3, 1, 17, 2_000_000, "17"))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 17, "failed": 1, "cancelled": 7}
    house.check()


def test_the_last_chunk_may_be_short() -> None:
    house = a_map(90, 25)
    house.end("w", -9, Slot(POOL, 3, 3, 2, 2_000_000, ""))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 2, "cancelled": 12, "lost": 1}


def test_an_iterable_without_length_counts_what_comes() -> None:
    house = a_map(-1, 1)
    house.feed("w", *[chunk(3, place, 0, 1) for place in range(5)])
    house.commit()
    assert house.counts() == {"succeeded": 5}
    house.feed("main", mapped(3, 5, 1))
    house.commit()
    assert house.counts() == {"succeeded": 5}
    house.check()


def test_executor_chunks_are_known_by_their_own_numbers() -> None:
    house = House()
    house.feed(
        "main", opened("ProcessPoolExecutor"), ev.BatchSubmitted(1000, POOL, -2, "job.g", "map", -1, 10),
        ev.ChunkSubmitted(1000, POOL, 0, -2, 0, 10), ev.ChunkSubmitted(1000, POOL, 1, -2, 10, 4),
    )  # fmt: skip
    assert house.counts() == {"pending": 14}
    house.feed("w", chunk(0, -1, 0, 10), failed(1, -1, 2), chunk(1, -1, 0, 2, 1, 1), uid=2, parent=1, pool=POOL)
    house.commit()
    assert house.counts() == {"succeeded": 12, "failed": 1, "cancelled": 1}
    assert sorted(row["item"] for row in house.rows.values()) == [12, 13]
    assert not house.run.pools[POOL].chunks
    house.check()


def test_a_chunk_waits_for_its_submission() -> None:
    house = House()
    assert house.feed("w", chunk(3, 0, 0, 25), uid=2, parent=1, pool=POOL) == 1
    house.feed("main", opened(), mapped(3, 25, 25))
    assert house.feed("w") == 0
    house.commit()
    assert house.counts() == {"succeeded": 25}
    assert house.run.open == 0


def test_items_that_are_tasks_of_their_own_are_counted_once() -> None:
    house = House()
    house.feed("main", opened("ThreadPoolExecutor"), ev.BatchSubmitted(1000, POOL, -2, "job.g", "map", 3, 1))
    house.feed("main", *[submitted(number, batch=-2, item=number) for number in range(3)])
    assert house.counts() == {"pending": 3}
    house.feed("main", *[ev.TaskRan(POOL, number, 2000, 3000, State.SUCCEEDED, "T-1") for number in range(3)])
    house.commit()
    assert house.counts() == {"succeeded": 3}
    assert [row["item"] for row in house.rows.values()] == [0, 1, 2]
    assert not house.run.pools[POOL].batches
    house.check()


def test_a_terminated_pool_closes_what_is_left_and_a_late_report_puts_it_right() -> None:
    house = a_map()
    house.feed("main", submitted(9), ev.PoolState(5_000_000, POOL, "terminated"))
    house.settle()
    house.commit()
    assert house.counts() == {"cancelled": 101}
    assert house.by_number(9)["reason"] == "the pool was terminated before it ran"
    house.feed("w", chunk(3, 0, 0, 25))
    house.commit()
    assert house.counts() == {"succeeded": 25, "cancelled": 76}
    house.check()


def test_a_batch_that_could_not_be_sent_failed_as_a_whole() -> None:
    house = a_map()
    house.feed("main", ev.TaskDropped(5_000_000, POOL, 3, State.FAILED, "cannot be pickled", RAISED))
    house.commit()
    assert house.counts() == {"failed": 100}
    assert len(house.rows) == 1
    assert house.failures[0][2] == 1
    house.check()


def test_the_results_of_a_chunk_that_cannot_be_sent_are_failures() -> None:
    """Slow items stood there twice: as succeeded, and as a failed row for the whole chunk."""
    house = a_map(25, 25)
    slow = (ev.SlowItem(4, 2_000_000, 3_500_000, "'big.png'"),)
    house.feed("w", chunk(3, 0, 0, 25, slow=slow))
    house.commit()
    house.feed("w", ev.ResultFailed(8_000_000, POOL, 3, "result", RAISED))
    house.commit()
    assert house.counts() == {"failed": 25}
    assert house.states() == {"failed": 25}
    assert sorted(row["item"] for row in house.rows.values()) == list(range(25))
    (big,) = [row for row in house.rows.values() if row["item"] == 4]
    assert (big["args"], big["started_us"], big["finished_us"], big["failure_id"]) == ("'big.png'", 2000, 3500, 1)
    assert house.failures[0][2] in house.rows
    house.check()


def test_rows_that_a_collector_before_this_one_wrote_are_put_right_too() -> None:
    """It died while the chunk ran: items said succeeded though their chunk's results could not be sent."""
    house = a_map(25, 25)
    slow = (ev.SlowItem(4, 2_000_000, 3_500_000, "'big.png'"),)
    house.feed("w", chunk(3, 0, 0, 10, last=False, slow=slow))
    house.commit()
    source = house.source("w")
    assert source.report is not None
    source.report, source.rows = source.report._replace(whole=False), ChunkRows((0, 0, 0), {})
    house.feed("w", chunk(3, 0, 10, 15), ev.ResultFailed(8_000_000, POOL, 3, "result", RAISED))
    house.commit()
    assert house.counts() == {"failed": 25}
    assert house.states() == {"failed": 25}
    house.check()


def test_an_exception_that_cannot_be_sent_leaves_the_items_before_it_alone() -> None:
    """They succeeded: it is the one that raised of which nothing arrived."""
    house = a_map(25, 25)
    spoilt = ev.ResultFailed(8_000_000, POOL, 3, "result", RAISED)
    house.feed("w", failed(3, 0, 2), chunk(3, 0, 0, 2, 1, 22), spoilt)
    house.commit()
    assert house.counts() == {"succeeded": 2, "failed": 1, "cancelled": 22}
    assert [failure[6] for failure in house.failures] == ["task", "result"]
    (row,) = [row for row in house.rows.values() if row["state"] == State.FAILED]
    assert [failure[2] for failure in house.failures] == [row["id"], row["id"]]
    house.check()


def test_items_that_close_their_batch_belong_to_it() -> None:
    """What was cancelled, dropped or spoilt last had no batch, and was missing from its page."""
    house = a_map(4, 4)
    house.feed("w", failed(3, 0, 1), chunk(3, 0, 0, 1, 1, 2))
    house.feed("main", mapped(4, 4, 2))
    unsent = ev.TaskDropped(5_000_000, POOL, 4, State.FAILED, "cannot be pickled", RAISED, 0, 2)
    house.feed("main", unsent, unsent._replace(chunk=1))
    house.commit()
    assert house.counts() == {"succeeded": 1, "failed": 5, "cancelled": 2}
    assert {row["batch_id"] for row in house.rows.values()} == {1, 2}
    house.check()


@pytest.mark.parametrize(("slow_ns", "rows"), [(0, 17), (1_000_000, 17), (100_000_000, 0), (-1, 0)])
def test_items_before_the_lost_one_have_rows_where_they_may_have_been_slow(slow_ns: int, rows: int) -> None:
    """With detail=all "every item has a row", but not those since the dead worker's last report."""
    house = a_map()
    house.run.slow_ns = slow_ns
    house.end("w", -9, Slot(POOL, 3, 1, 17, 2_000_000, "17"))
    house.commit()
    assert house.counts() == {"pending": 75, "succeeded": 17, "cancelled": 7, "lost": 1}
    assert house.states() == {"cancelled": 7, "lost": 1} | ({"succeeded": rows} if rows else {})
    assert {batch.folded for batch in house.batches} == {17 - rows}
    house.check()


def test_a_worker_lost_in_an_imap_whose_length_nobody_knows() -> None:
    """The item it was on had not been announced: the pool's count of open tasks went below zero."""
    house = a_map(-1, 1)
    house.feed("w", chunk(3, 0, 0, 1))
    house.end("w", -9, Slot(POOL, 3, 1, 0, 2_000_000, ""))
    house.commit()
    assert house.counts() == {"succeeded": 1, "lost": 1}
    assert house.run.pools[POOL].open == house.run.open == 0
    house.check()


def test_a_broken_pool_tells_the_culprit_from_the_innocent() -> None:
    house = House()
    house.feed("main", opened("ProcessPoolExecutor"), submitted(1), submitted(2), submitted(3))
    house.feed("main", ev.PoolState(5_000_000, POOL, "broken", "", (4002,)))
    house.source("w", 2, 1, POOL)
    house.source("v", 3, 1, POOL)
    house.end("w", -9, Slot(POOL, 1, -1, -1, 2_000_000, ""))
    house.end("v", -15, Slot(POOL, 2, -1, -1, 2_000_000, ""))
    house.settle()
    house.commit()
    assert house.counts() == {"cancelled": 1, "lost": 2}
    assert house.by_number(1)["reason"] == "worker 4002 was killed by SIGKILL"
    assert house.by_number(2)["reason"] == "the pool broke while it ran: worker 4002 died"
    assert house.by_number(3)["reason"] == "the pool broke before it ran: worker 4002 died"
    house.check()
