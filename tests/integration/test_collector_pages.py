"""What lies on threads' pages becomes rows: clocks of workers, progress of tasks, last words of the dead."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.runtime import events
from procscope.runtime.events import State
from procscope.runtime.journal.writer import Region
from tests.integration.collected import POOL, Spool, begin, now


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path)
    yield spool
    spool.close()


def test_a_killed_worker_s_last_words_hang_on_the_task_it_lost(spool: Spool) -> None:
    """The only line that says why was in a terminal nobody looks at."""
    main = spool.region()
    begin(main)
    main.task_submitted(now(), POOL, 7, "job.f", "3")

    def work(region: Region) -> None:
        region.slot_begin(POOL, 7, -1, now())
        region.progress(events.Progressed(POOL, 7, -1, -1, 37, 400, "resizing"))
        region.last_words(b"cannot allocate\n")
        os.kill(os.getpid(), signal.SIGKILL)

    pid = spool.fork(2, work)
    os.waitpid(pid, 0)
    spool.until("SELECT state FROM tasks", (State.LOST,))
    ((task, *progress),) = spool.ask("SELECT id, progress_done, progress_total, progress_text FROM tasks")
    assert progress == [37, 400, "resizing"]
    assert spool.ask("SELECT task_id, source, level, message FROM logs") == [(task, "stderr", None, "cannot allocate")]


def test_what_ended_well_leaves_no_last_words(spool: Spool) -> None:
    """Every progress bar of every worker would have become a row."""
    main = spool.region()
    begin(main)
    pid = spool.fork(2, lambda region: region.last_words(b"100 %\n"))
    os.waitpid(pid, 0)
    main.rich(events.ProcessExited(now(), 2, pid, 0))
    spool.until("SELECT state FROM processes WHERE uid = 2", ("finished",))
    assert not spool.ask("SELECT * FROM logs")


def test_a_stale_slot_makes_no_second_row_of_an_item(spool: Spool) -> None:
    """Killed between the chunk's report and the end of its slot: the item had ended well."""
    main = spool.region()
    begin(main)
    main.rich(events.BatchSubmitted(now(), POOL, 7, "job.f", "map", 1, 1))

    def work(region: Region) -> None:
        region.slot_begin(POOL, 7, 0, now())
        region.slot_item(0, now())
        region.last_words(b"odd\n")
        region.chunk_ran(events.ChunkRan(POOL, 7, 0, 0, 1, 0, 0, now(), now(), 1, True, ((1, 1),), ()))
        os.kill(os.getpid(), signal.SIGKILL)

    pid = spool.fork(2, work)
    os.waitpid(pid, 0)
    main.rich(events.ProcessExited(now(), 2, pid, -9))
    spool.until("SELECT state FROM processes WHERE uid = 2", ("killed",))
    assert spool.ask("SELECT succeeded, lost FROM batches") == [(1, 0)]
    assert not spool.ask("SELECT * FROM tasks")
    assert spool.ask("SELECT task_id, message FROM logs") == [(None, "odd")]


def test_progress_shows_while_a_task_runs_and_stays_when_it_has_ended(spool: Spool) -> None:
    """The last value told must stay: a bar that ends at 90 % of what it did is worse than none."""
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    main.task_submitted(now(), POOL, 7, "job.f", "3")
    started = now()
    worker.slot_begin(POOL, 7, -1, started)
    worker.progress(events.Progressed(POOL, 7, -1, -1, 1, -1, ""))
    spool.until("SELECT progress_done, progress_total, progress_text FROM tasks", (1, None, None))
    worker.progress(events.Progressed(POOL, 7, -1, -1, 9, 9, "done"))
    worker.task_ran(POOL, 7, started, now(), State.SUCCEEDED)
    worker.slot_clear()
    spool.until("SELECT state, progress_done, progress_text FROM tasks", (State.SUCCEEDED, 9, "done"))
    spool.die()
    spool.turn(2)
    assert spool.ask("SELECT progress_done FROM tasks") == [(9,)]


def test_clocks_are_taken_over_live_and_at_the_end(spool: Spool) -> None:
    """A worker's idle time grows while it waits: numbers that only move at the end of a task look stuck."""
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    begun = now()
    worker.clocks(3_000_000, 1_000_000, 500_000, 250_000, begun, 4)
    spool.turn()
    (follower,) = spool.collector.followers.values()
    follower.run.processes[2].kind = "worker"
    follower.spend(begun + 7_000_000)
    spool.turn()
    row = "SELECT busy_us, idle_us, sending_us, receiving_us, calls FROM processes WHERE uid = 2"
    assert spool.ask(row) == [(3000, 8000, 500, 250, 4)]
    worker.slot_begin(POOL, 7, -1, begun + 2_000_000)
    follower.spend(begun + 7_000_000)
    spool.turn()
    assert spool.ask(row) == [(8000, 3000, 500, 250, 4)]


def test_a_chunk_s_arrival_survives_the_collector(spool: Spool) -> None:
    """Half was committed, the other half came after: a batch short of a transfer, or with one twice."""
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    main.rich(events.BatchSubmitted(now(), POOL, 7, "job.f", "map", 4, 2))
    ended = now()
    for place in (0, 1):
        worker.chunk_ran(events.ChunkRan(POOL, 7, place, 0, 2, 0, 0, ended, ended, 1, True, ((1, 2),), (), "", 50))
    spool.until("SELECT succeeded, finished_us IS NULL FROM batches", (4, 0))
    spool.die()
    hands = spool.region()
    hands.result_arrived(ended + 9_000_000, POOL, 7, 0, 60)
    spool.until("SELECT chunks, arrived, transfer_us, bytes_in, bytes_out FROM batches", (2, 1, 9000, 50, 60))
    spool.die()
    hands.result_arrived(ended + 9_000_000, POOL, 7, 1, 60)
    spool.until("SELECT chunks, arrived, transfer_us, bytes_in, bytes_out FROM batches", (2, 2, 18000, 100, 120))
    assert spool.ask("SELECT sum(arrived), sum(transfer_us) FROM task_rollups") == [(4, 18000)]


@pytest.mark.parametrize("first", ["end", "arrival"])
def test_a_task_s_arrival_survives_the_collector(spool: Spool, first: str) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    hands = spool.region()
    main.task_submitted(now(), POOL, 7, "job.f", "3")
    spool.turn()
    ended = now()
    if first == "end":
        worker.task_ran(POOL, 7, ended, ended, State.SUCCEEDED, "", 50)
        spool.until("SELECT state FROM tasks", (State.SUCCEEDED,))
        spool.die()
        hands.result_arrived(ended + 9_000_000, POOL, 7, -1, 60)
    else:
        hands.result_arrived(ended + 9_000_000, POOL, 7, -1, 60)
        spool.until("SELECT bytes_out FROM tasks", (60,))
        spool.die()
        worker.task_ran(POOL, 7, ended, ended, State.SUCCEEDED, "", 50)
    spool.until("SELECT state, bytes_in, bytes_out, arrived_us > 0 FROM tasks", (State.SUCCEEDED, 50, 60, 1))
    assert spool.ask("SELECT sum(arrived), sum(transfer_us), sum(bytes_in) FROM task_rollups") == [(1, 9000, 50)]
