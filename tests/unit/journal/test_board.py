"""Boards: rows that are counted into from one thread and read from another process at any moment."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from procscope.runtime import clock
from procscope.runtime.events import Drop, Primitive, Wait
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal import mapping
from procscope.runtime.journal.board import Board, Row
from procscope.runtime.journal.writer import Journal
from tests.support import boards
from tests.support.journals import open_journal, segments

LOCK = int(Primitive.LOCK)


def board_of(journal: Journal) -> Board:
    region = journal.region()
    region.board = region.board or Board(region)
    return region.board


def count(row: Row, n: int) -> None:
    for _ in range(n):
        row.add(layout.ACQUIRED)


def test_a_row_reads_back_with_its_sketches_and_texts(tmp_path: Path) -> None:
    """A word at another place than the reader looks for it makes every number of the page wrong."""
    journal = open_journal(tmp_path)
    row = board_of(journal).row(77, LOCK)
    count(row, 3)
    row.waited(5000)
    row.held(7_000_000)
    row.words[layout.HELD_SITE] = row.text("job.py:3 in naïve")
    row.words[layout.BORN] = row.text('["lock","",""]')
    (line,) = boards.lines(Path(journal.directory))
    assert (line.uid, line.words[layout.KIND], line.words[layout.ACQUIRED], line.held) == (77, LOCK, 3, 3)
    assert line.waits[layout.cell(5000)] == line.holds[layout.cell(7_000_000)] == 1
    assert (line.words[layout.WAIT_NS], line.words[layout.HOLD_NS]) == (5000, 7_000_000)
    assert (line.held_site, line.born, line.pid) == ("job.py:3 in naïve", ["lock", "", ""], os.getpid())


def test_a_full_board_goes_on_in_further_files_and_no_row_moves(tmp_path: Path) -> None:
    """A row that moved would be counted into at its old place, where nobody looks any more."""
    journal = open_journal(tmp_path)
    board = board_of(journal)
    rows = [board.row(uid, LOCK) for uid in range(1, 301)]
    texts = [row.text(f"file.py:{row.uid} in f") for row in rows]
    for row, text in zip(rows, texts, strict=True):
        row.words[layout.HELD_SITE] = text
        count(row, row.uid)
    found = {line.uid: line for line in boards.lines(Path(journal.directory))}
    assert {uid: line.words[layout.ACQUIRED] for uid, line in found.items()} == {uid: uid for uid in range(1, 301)}
    assert all(line.held_site == f"file.py:{uid} in f" for uid, line in found.items())


def test_past_the_cap_the_rest_of_a_place_shares_a_row_and_counts_stay_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that makes a lock per request filled the disk, or else its later locks vanished from the counts."""
    monkeypatch.setattr(layout, "ROWS_MOST", 20)
    journal = open_journal(tmp_path)
    board = board_of(journal)
    for uid in range(1, 101):
        count(board.row(uid, LOCK, "here"), 1)
    found = boards.lines(Path(journal.directory))
    assert sum(line.words[layout.ACQUIRED] for line in found) == 100
    rest = [line for line in found if line.words[layout.FLAGS] & layout.FLAG_REST]
    assert [(line.uid, line.words[layout.ACQUIRED]) for line in rest] == [(layout.rest_uid(LOCK, "here"), 80)]


def test_a_full_disk_costs_one_counted_fact_and_the_rows_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock first used while the disk was full stayed invisible for good."""
    now = clock.mono_ns()
    monkeypatch.setattr(clock, "mono_ns", lambda: now)

    def refuse(path: str, size: int) -> mapping.Mapping:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    journal = open_journal(tmp_path)
    board = board_of(journal)
    with monkeypatch.context() as full:
        full.setattr(mapping, "create", refuse)
        rows = [board.row(uid, LOCK) for uid in (1, 2, 3)]
        count(rows[0], 5)
    assert boards.lines(Path(journal.directory)) == []
    now += 1_000_000_000
    board.row(4, LOCK)
    count(rows[0], 5)
    found = {line.uid: line.words[layout.ACQUIRED] for line in boards.lines(Path(journal.directory))}
    assert found == {1: 10, 2: 0, 3: 0, 4: 0}
    assert segments(journal)[0].drops()[Drop.DISK_FULL] == 1


def test_a_thread_that_ended_leaves_rows_that_nobody_goes_on_with(tmp_path: Path) -> None:
    """Two threads with one ident, one after the other, wrote into one row and lost counts."""
    journal = open_journal(tmp_path)
    kept: list[Row] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: kept.append(board_of(journal).row(9, LOCK)))
        thread.start()
        thread.join()
        assert kept[-1].thread == 0
    assert kept[0] is kept[1]
    assert len(boards.lines(Path(journal.directory))) == 1


def test_the_outermost_wait_stays_until_it_is_over(tmp_path: Path) -> None:
    """A get() that waits for the queue's lock inside was shown as a wait for that lock."""
    journal = open_journal(tmp_path)
    region, run = journal.region(), Path(journal.directory)
    assert region.wait_begin(5, Wait.GET, 123, "job.py:1 in f")
    assert not region.wait_begin(6, Wait.ACQUIRE, 124, "queues.py")
    assert boards.waits(run) == [boards.Waiting(os.getpid(), 5, Wait.GET, 123, "job.py:1 in f")]
    region.wait_clear()
    assert boards.waits(run) == []
    assert region.wait_begin(6, Wait.ACQUIRE, 124)


def test_a_thread_that_ended_waits_for_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    thread = threading.Thread(target=lambda: journal.region().wait_begin(5, Wait.GET, 123))
    thread.start()
    thread.join()
    assert boards.waits(Path(journal.directory)) == []


def test_the_parents_threads_end_in_a_forked_child_but_not_in_the_parent(tmp_path: Path) -> None:
    """A fork in one thread wiped what the others were doing from the parent's slots, which the child still maps."""
    journal = open_journal(tmp_path)
    at_work, done = threading.Event(), threading.Event()

    def work() -> None:
        journal.region().slot_begin(5, 1, -1, 1)
        journal.region().wait_begin(5, Wait.GET, 123)
        at_work.set()
        done.wait()

    thread = threading.Thread(target=work)
    thread.start()
    at_work.wait()
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    slots = [segment.slot() for segment in segments(journal)]
    waiting = boards.waits(Path(journal.directory))
    done.set()
    thread.join()
    assert any(slots)
    assert len(waiting) == 1


@pytest.mark.parametrize("ns", [0, 1, 1023, 1024, 5000, 123_456_789, 1 << 39, 1 << 60])
def test_a_cell_stands_for_the_durations_in_it(ns: int) -> None:
    """A sketch read with other bounds than it was written with shifts every percentile."""
    cell = layout.cell(ns)
    assert 0 <= cell < layout.CELLS
    assert layout.cell(layout.cell_ns(cell)) == cell
    if 1024 <= ns < 1 << 39:
        assert abs(layout.cell_ns(cell) - ns) <= ns * 0.13


def test_names_of_boards_are_told_from_other_files() -> None:
    name = layout.board_name("0" * 32, 3, 5)
    assert layout.parse_board_name(name) == ("0" * 32, 3, 5)
    assert layout.parse_board_name(name.replace(".psb", ".psj")) is None
    assert layout.parse_board_name("x.psb") is None
