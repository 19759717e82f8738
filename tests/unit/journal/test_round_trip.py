"""What was written is what is read, for every kind of fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime import events
from procscope.runtime.events import (
    ChunkRan,
    ChunkSubmitted,
    Event,
    Frame,
    Raised,
    ResultArrived,
    SlowItem,
    TaskRan,
    TaskSubmitted,
)
from tests.support.journals import open_journal, read_all, said, segments

RAISED = Raised(
    "ValueError",
    "not a \ud800 number",
    (Frame("job.py", 3, "load", "raise ValueError(x)", True),),
    (Raised("KeyError", "'x'", link="cause"),),
)
CHUNK = ChunkRan(5, 2, 3, 0, 10, 1, 2, 100, 200, 55, True, ((40, 5), (41, 7)), (SlowItem(1, 2, 3, "('a',)"),), "T-1")
FACTS: list[Event] = [
    TaskSubmitted(1, 5, 6, "job.load", "(3, 'ü')", 4, 2),
    TaskSubmitted(1, 5, -6, "job.load"),
    TaskRan(5, 6, 10, 20, 2),
    TaskRan(5, 7, 10, 20, 3, "Thread-1"),
    TaskRan(5, 8, 10, 20, 3, "", 1 << 40),
    ResultArrived(30, 5, 8, -1, 12),
    ResultArrived(30, 5, -8, 1 << 33, -1),
    ChunkSubmitted(1, 5, 6, -1, 100, 10),
    CHUNK,
    CHUNK._replace(thread="", slow=(), buckets=(), bytes=77),
    events.BatchSubmitted(1, 5, 2, "job.load", "map", -1, 8),
    events.TaskFailed(5, 2, 3, 4, 10, 20, "(1,)", RAISED),
    events.TaskDropped(1, 5, 2, 4, "the future was cancelled"),
    events.TaskDropped(1, 5, 2, 3, "arguments cannot be pickled", RAISED),
    events.ResultFailed(1, 5, 2, "callback", RAISED, True),
    events.TaskSettled(1, 5, 2, 3, "why", RAISED),
    events.PoolOpened(1, 5, "Pool", 4, "", "fork", 0, "job.init", "job.py:3", "where its tasks run"),
    events.PoolState(1, 5, "broken", "a worker died", (41, 42)),
    events.ProcessStarted(1, 9, 41, "worker", "ForkPoolWorker-1", 5, True, "", "", "fork"),
    events.ProcessAlive(1, 9, 7, 41, 40, "worker", "ForkPoolWorker-1", 5, "", "fork", "3.11.7", ("job.py", "-x")),
    events.ProcessEnding(1, 9, 1, RAISED),
    events.ProcessEnding(1, 9, 0),
    events.ProcessExited(1, 9, 41, -9),
    events.ProcessNotStarted(1, 9, "p", "job.f", RAISED),
    events.ProcessSignalled(1, 9, 41, 15),
    events.WorkerRetired(1, 9, 5, "maxtasks", 10),
    events.InitializerFailed(1, 9, 5, RAISED),
    events.NotObserved(1, "pool", "it was replaced"),
    events.OurFault(1, "pool.get", "KeyError: 3"),
    events.Progressed(5, 2, 3, 4, 37, 400, "resizing"),
    events.Logged(1, 5, 2, -1, -1, 30, "app", "job.py:3 in f", "low \ud800"),
    events.ThreadFailed(1, 9, "T-1", True, RAISED),
    events.ServantStarted(1, 9, 41, "forkserver"),
]


def write(journal_region: object, fact: Event) -> None:
    region = journal_region
    methods = {TaskSubmitted: "task_submitted", TaskRan: "task_ran", ChunkSubmitted: "chunk_submitted"}
    methods[ResultArrived] = "result_arrived"
    if type(fact) in methods:
        getattr(region, methods[type(fact)])(*fact)
    elif isinstance(fact, ChunkRan):
        region.chunk_ran(fact)  # type: ignore[attr-defined]
    else:
        region.rich(fact)  # type: ignore[attr-defined]


def plainly(fact: Event) -> str:
    return repr(fact)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_kind_of_fact_is_read_as_it_was_written(tmp_path: Path, fact: Event) -> None:
    journal = open_journal(tmp_path)
    write(journal.region(), fact)
    assert [plainly(event) for event in said(journal)] == [plainly(fact)]


def test_the_samples_above_cover_the_whole_vocabulary() -> None:
    written = {type(fact) for fact in FACTS}
    assert written == {*events.RICH.values(), TaskSubmitted, TaskRan, ChunkSubmitted, ChunkRan, ResultArrived}


def test_a_collector_restarted_in_the_middle_of_a_segment_still_knows_the_names(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.task_submitted(1, 5, 1, "job.load")
    region.task_submitted(2, 5, 2, "job.load")
    (segment,) = segments(journal)
    middle = segment.read(0, 1).offset
    (again,) = segments(journal)
    assert again.read(middle, 10).events == [TaskSubmitted(2, 5, 2, "job.load")]


def test_facts_beyond_one_segment_go_on_in_the_next_and_names_with_them(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    for number in range(3000):
        region.task_submitted(1, 5, number, "job.load", f"({number},)")
    found = segments(journal)
    assert len(found) > 2
    assert [segment.sealed for segment in found] == [True] * (len(found) - 1) + [False]
    assert said(journal) == [TaskSubmitted(1, 5, number, "job.load", f"({number},)") for number in range(3000)]


def test_a_chunk_with_more_slow_items_than_a_record_holds_keeps_its_counts(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    slow = tuple(SlowItem(offset, 1, 2, "x" * 200) for offset in range(3000))
    journal.region().chunk_ran(CHUNK._replace(succeeded=3500, slow=slow))
    reports = [event for event in said(journal) if isinstance(event, ChunkRan)]
    assert len(reports) > 1
    assert sum(report.succeeded for report in reports) == 3500
    assert sum(report.failed for report in reports) == CHUNK.failed
    assert tuple(item for report in reports for item in report.slow) == slow
    assert [report.last for report in reports] == [False] * (len(reports) - 1) + [True]


def test_the_header_says_who_wrote(tmp_path: Path) -> None:
    import os

    journal = open_journal(tmp_path)
    journal.region()
    (segment,) = segments(journal)
    header = segment.header
    assert (header.run, header.process, header.parent, header.pool) == journal.identity
    assert header.pid == os.getpid()
    assert header.start_ticks > 0


def test_the_slot_tells_the_current_item_and_nothing_once_idle(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    (segment,) = segments(journal)
    assert segment.slot() is None
    region.slot_begin(5, 2, 3, 100, "('first',)")
    slot = segment.slot()
    assert slot is not None
    assert slot == (5, 2, 3, -1, 100, "('first',)")
    region.slot_item(4, 150)
    region.slot_args("('fourth',)")
    assert segment.slot() == (5, 2, 3, 4, 150, "('fourth',)")
    region.slot_item(5, 170)
    assert segment.slot() == (5, 2, 3, 5, 170, "")
    region.slot_clear()
    assert segment.slot() is None


def test_the_slot_stays_where_it_was_when_the_region_moves_on(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    region = journal.region()
    region.slot_begin(5, 2, 3, 100)
    for number in range(2000):
        region.task_ran(5, number, 1, 2, 2)
    region.slot_item(9, 200)
    first, *_ = segments(journal)
    assert first.slot() == (5, 2, 3, 9, 200, "")


def test_small_steps_read_the_same_as_large_ones(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    for number in range(60):
        journal.region().task_submitted(1, 5, number, f"job.f{number % 7}", "x" * number)
    (segment,) = segments(journal)
    assert read_all(segment, at_once=1) == read_all(segment, at_once=1000)


@pytest.mark.parametrize("thread", ["", "Thread-1"])
def test_a_chunk_of_one_item_is_written_in_short_and_read_as_any_other(tmp_path: Path, thread: str) -> None:
    journal = open_journal(tmp_path)
    journal.region().item_ran(5, 6, 3, 0, 10, 30, 20, 17, thread, 99)
    assert said(journal) == [ChunkRan(5, 6, 3, 0, 1, 0, 0, 10, 30, 20, True, ((17, 1),), (), thread, 99)]
