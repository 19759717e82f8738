"""A task's last word about its progress finds its row, also where the next task has written over its place."""

from __future__ import annotations

from procscope.runtime import events as ev
from tests.unit.collector.house import POOL, House, chunk, mapped, opened, ran, submitted


def word(number: int, place: int = -1, offset: int = -1, done: int = 3) -> ev.Progressed:
    return ev.Progressed(POOL, number, place, offset, done, -1, "at it")


def test_the_word_of_a_task_that_has_ended() -> None:
    """Only the value at the collector's last look was kept: 380 of 400 for a task that was through."""
    house = House()
    house.feed("main", opened(), submitted(7), submitted(8))
    house.feed("w", ran(7), word(7), ran(8), uid=2, parent=1, pool=POOL)
    house.commit()
    assert (house.by_number(7)["progress_done"], house.by_number(7)["progress_text"]) == (3, "at it")
    assert house.by_number(8)["progress_done"] is None


def test_the_word_of_an_item_waits_for_its_row() -> None:
    """In a chunk the slow item's row comes with the chunk's report, after its word."""
    house = House()
    slow = (ev.SlowItem(1, 2_000_000, 4_000_000, "1"),)
    house.feed("main", opened(), mapped(9, 4, 2))
    house.feed("w", word(9, 0, 0), word(9, 0, 1, 5), chunk(9, 0, 0, 2, slow=slow), uid=2, parent=1, pool=POOL)
    house.commit()
    (row,) = house.rows.values()
    assert (row["item"], row["progress_done"], row["progress_total"]) == (1, 5, None)


def test_the_word_of_the_item_before_this_chunk() -> None:
    house = House()
    slow = (ev.SlowItem(0, 2_000_000, 4_000_000, "1"),)
    house.feed("main", opened(), mapped(9, 2, 1))
    house.feed("w", chunk(9, 0, 0, 1, slow=slow), word(9, 0, 0), uid=2, parent=1, pool=POOL)
    house.commit()
    (row,) = house.rows.values()
    assert row["progress_done"] == 3


def test_the_word_of_an_item_that_is_not_the_last_of_its_chunk() -> None:
    """Every second item of a map said how far it was, and only those said last were told of."""
    house = House()
    slow = tuple(ev.SlowItem(offset, 2_000_000, 4_000_000, "1") for offset in range(3))
    house.feed("main", opened(), mapped(9, 4, 4))
    house.feed("w", chunk(9, 0, 0, 4, slow=slow), word(9, 0, 1), word(9, 0, 3), uid=2, parent=1, pool=POOL)
    house.commit()
    assert [row["progress_done"] for row in house.rows.values()] == [None, 3, None]
    assert not house.source("w").progressed


def test_the_word_of_a_task_whose_row_is_not_written_yet() -> None:
    """A plain process speaks of its task before its end is known."""
    house = House()
    house.feed("main", opened(), submitted(7), word(7))
    house.commit()
    assert house.by_number(7)["progress_done"] == 3


def test_words_of_nothing_are_passed_over_and_bounded() -> None:
    house = House()
    house.feed("main", opened())
    house.feed("w", word(7), *[word(9, 0, offset) for offset in range(5000)], uid=2, parent=1, pool=POOL)
    house.commit()
    assert len(house.source("w").progressed) <= 1000
    assert not house.rows
