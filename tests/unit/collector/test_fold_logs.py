"""Log records find the task they were said in, whichever of the two is told first and however the task ends."""

from __future__ import annotations

import pytest

from procscope.runtime import events as ev
from procscope.runtime.events import State
from tests.unit.collector.house import POOL, House, chunk, mapped, opened, ran, submitted


def said(number: int, place: int = -1, offset: int = -1, pool: int = POOL) -> ev.Logged:
    return ev.Logged(3_000_000, pool, number, place, offset, 30, "app", "job.py:3 in f", "careful")


@pytest.mark.parametrize("split", [False, True])
def test_a_record_names_its_task_whose_row_is_written_once(split: bool) -> None:
    """The record comes before the task's end: a second row for the end would count the task twice."""
    house = House()
    house.feed("main", opened(), submitted(7, "(1,)"))
    if split:
        house.commit()
    house.feed("w", said(7), ran(7), uid=2, parent=1, pool=POOL)
    house.commit()
    row = house.by_number(7)
    assert (row["state"], row["args"], row["duration_us"]) == (State.SUCCEEDED, "(1,)", 5000)
    assert [log[3] for log in house.logs] == [row["id"]]
    assert house.logs[0][5:] == ("logging", 30, "app", "job.py:3 in f", "careful")
    house.check()


def test_a_record_waits_for_the_submission_of_its_task() -> None:
    house = House()
    house.feed("main", opened())
    assert house.feed("w", said(7), ran(7), uid=2, parent=1, pool=POOL) == 2
    house.feed("main", submitted(7))
    assert house.feed("w") == 0
    house.commit()
    assert house.logs[0][3] == house.by_number(7)["id"]


def test_a_record_whose_task_is_never_told_stays_without_one() -> None:
    """Its submission fell victim to a full spool: the record itself is still worth reading."""
    house = House()
    house.feed("main", opened())
    house.feed("w", said(7), uid=2, parent=1, pool=POOL, accept=True)
    house.commit()
    assert house.logs[0][3] is None


def test_a_record_of_the_main_program_belongs_to_no_task() -> None:
    house = House()
    house.feed("main", opened(), ev.Logged(1, 0, 0, -1, -1, 40, "app", "", "no"))
    house.commit()
    assert house.logs[0][3] is None


def test_an_item_that_said_something_has_a_row_and_is_counted_once() -> None:
    house = House()
    house.feed("main", opened(), mapped(9, 4, 4))
    house.feed("w", said(9, 0, 2), chunk(9, 0, 0, 4), uid=2, parent=1, pool=POOL)
    house.commit()
    (row,) = house.rows.values()
    assert (row["item"], row["state"]) == (2, State.SUCCEEDED)
    assert house.logs[0][3] == row["id"]
    assert house.counts() == {"succeeded": 4}
    house.check()
