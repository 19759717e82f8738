"""The writer inside the user's process: it takes nothing, breaks nothing, and counts what it could not write."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from procscope.runtime import clock
from procscope.runtime.events import Drop, TaskRan
from procscope.runtime.journal import mapping
from procscope.runtime.journal.writer import Region
from tests.support.journals import open_journal, read_all, said, segments


def ran(number: int) -> TaskRan:
    return TaskRan(5, number, 1, 2, 2)


def test_no_descriptor_lingers_in_the_program(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    before = os.listdir("/proc/self/fd")
    for number in range(3000):
        journal.region().task_ran(5, number, 1, 2, 2)
    assert os.listdir("/proc/self/fd") == before


def test_a_journal_that_says_nothing_leaves_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    assert not journal.opened
    assert segments(journal) == []


def test_a_signal_handler_that_emits_inside_an_emit_loses_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.task_ran(5, 1, 1, 2, 2)
    region._busy = True
    region.task_ran(5, 2, 1, 2, 2)
    region._busy = False
    region.task_ran(5, 3, 1, 2, 2)
    assert sorted(said(journal)) == [ran(1), ran(2), ran(3)]


def test_an_emit_broken_off_by_ctrl_c_leaves_the_journal_readable(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.task_ran(5, 1, 1, 2, 2)
    region._view[region._at + 4 : region._at + 20] = b"half of a record"
    region._busy = True
    for number in (2, 3):
        region.task_ran(5, number, 1, 2, 2)
    assert sorted(said(journal)) == [ran(1), ran(2), ran(3)]


def test_each_thread_writes_a_region_of_its_own_and_the_next_thread_inherits_it(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.region().task_ran(5, 0, 1, 2, 2)
    for number in range(1, 20):
        thread = threading.Thread(target=lambda number=number: journal.region().task_ran(5, number, 1, 2, 2))
        thread.start()
        thread.join()
    assert len(segments(journal)) == 2
    assert sorted(said(journal)) == [ran(number) for number in range(20)]


def test_a_thread_that_ends_in_a_task_leaves_no_busy_slot_behind(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    thread = threading.Thread(target=lambda: journal.region().slot_begin(5, 1, -1, 1))
    thread.start()
    thread.join()
    (segment,) = segments(journal)
    assert segment.slot() is None


class Clock:
    now = 0

    def mono_ns(self) -> int:
        return self.now


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Monotonic time turned by hand, since a region rests before it tries again."""
    turned = Clock()
    turned.now = clock.mono_ns()
    monkeypatch.setattr(clock, "mono_ns", turned.mono_ns)
    return turned


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, Drop.DISK_FULL), (errno.EDQUOT, Drop.DISK_FULL), (errno.EMFILE, Drop.NO_REGION)],
)
def test_a_full_disk_is_counted_by_reason_and_the_journal_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hand: Clock, number: int, reason: Drop
) -> None:
    def refuse(path: str, size: int) -> mapping.Mapping:
        raise OSError(number, os.strerror(number))

    journal = open_journal(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(mapping, "create", refuse)
        region = journal.region()
        for _ in range(7):
            region.task_ran(5, 1, 1, 2, 2)
    region.task_ran(5, 1, 1, 2, 2)
    hand.now += 1_000_000_000
    region.task_ran(5, 2, 1, 2, 2)
    (segment,) = segments(journal)
    assert read_all(segment)[0] == [ran(2)]
    assert segment.drops()[reason] == 8


def test_a_spool_over_its_cap_stops_growing_and_says_so(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, cap=100_000)
    region = journal.region()
    for number in range(10_000):
        region.task_ran(5, number, 1, 2, 2)
    kept = said(journal)
    lost = segments(journal)[-1].drops()[Drop.SPOOL_FULL]
    assert kept == [ran(number) for number in range(len(kept))]
    assert lost == 10_000 - len(kept) > 0


def test_drops_counted_in_one_segment_go_with_the_region_to_the_next(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.drop(Drop.CAPTURE_FAILED, 3)
    for number in range(1000):
        region.task_ran(5, number, 1, 2, 2)
    assert segments(journal)[-1].drops()[Drop.CAPTURE_FAILED] == 3


def test_more_names_than_a_segment_has_room_for_do_no_harm(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    for number in range(500):
        region.task_submitted(1, 5, number, f"{number}" + "n" * 2000, "a" * 900)
    assert len(said(journal)) == 500


def test_a_directory_that_is_gone_costs_facts_and_nothing_else(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.directory = str(tmp_path / "nowhere")
    region: Region = journal.region()
    region.task_ran(5, 1, 1, 2, 2)
    region.slot_begin(5, 1, -1, 1)
    region.slot_clear()
    assert segments(journal) == []
