"""From journal files to rows: waiting, long journals, deaths, restarts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.runtime import events
from procscope.runtime.events import State
from procscope.runtime.journal.writer import Region
from tests.integration.collected import POOL, Spool, begin, now


@pytest.fixture
def spool(state_dir: Path) -> Iterator[Spool]:
    made = Spool(state_dir)
    yield made
    made.close()


def submit(region: Region, *numbers: int) -> None:
    for number in numbers:
        region.task_submitted(now(), POOL, number, "job.f", f"({number},)")


def test_a_record_is_a_row_one_turn_later(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    submit(main, 1, 2)
    main.task_ran(POOL, 1, now(), now(), State.SUCCEEDED)
    spool.turn()
    assert spool.ask("SELECT number, state FROM tasks ORDER BY number") == [(1, 2), (2, 0)]
    assert spool.ask("SELECT pending, succeeded FROM runs") == [(1, 1)]
    assert spool.ask("SELECT kind, pid FROM processes") == [("main", os.getpid())]


def test_a_long_journal_goes_on_over_segments_which_are_removed(spool: Spool) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    for number in range(30_000):
        submit(main, number)
        worker.task_ran(POOL, number, now(), now(), State.SUCCEEDED)
    assert len(list(spool.directory.glob("*.psj"))) > 6
    spool.until("SELECT succeeded, pending FROM runs", (30_000, 0))
    spool.turn(2)
    assert spool.ask("SELECT count(*), count(DISTINCT number) FROM tasks") == [(30_000, 30_000)]
    assert len(list(spool.directory.glob("*.psj"))) == 4, "the first and the current segment of each region stay"


def test_a_worker_read_before_its_parent_waits_and_is_not_guessed_at(spool: Spool) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    worker.task_ran(POOL, 1, now(), now(), State.SUCCEEDED)
    spool.turn()
    assert spool.ask("SELECT count(*) FROM tasks") == [(0,)]
    begin(main)
    submit(main, 1)
    spool.turn()
    assert spool.ask("SELECT state, submitted_us IS NULL FROM tasks") == [(2, 0)]


def test_an_end_nobody_submitted_is_a_row_in_the_end(spool: Spool) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    worker.task_ran(POOL, 1, now(), now(), State.SUCCEEDED)
    spool.turn(5)
    assert spool.ask("SELECT state, submitted_us FROM tasks") == [(2, None)]
    assert spool.ask("SELECT succeeded, pending FROM runs") == [(1, 0)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_killed_in_flight_is_told_with_its_signal_and_item(spool: Spool, number: signal.Signals) -> None:
    main = spool.region()
    begin(main)
    submit(main, 1)
    main.rich(events.BatchSubmitted(now(), POOL, 2, "job.g", "map", 40, 20))

    def stuck(region: Region) -> None:
        region.slot_begin(POOL, 2, 1, now())
        region.slot_item(3, now())
        time.sleep(60)

    pid = spool.fork(2, stuck)
    spool.until("SELECT count(*) FROM processes WHERE state = 'running' AND current_index = 23", (1,))
    os.kill(pid, number)
    os.waitpid(pid, 0)
    spool.until("SELECT lost FROM runs", (1,))
    name = signal.Signals(number).name
    assert spool.ask("SELECT item_index, reason FROM tasks WHERE state = 5") == [
        (23, f"worker {pid} was killed by {name}")
    ]
    assert spool.ask("SELECT succeeded, lost, cancelled, pending FROM runs") == [(3, 1, 16, 21)]
    assert spool.ask(f"SELECT state, signal FROM processes WHERE pid = {pid}") == [("killed", int(number))]
    assert not list(spool.directory.glob("*-0000-*.psj"))[1:], "a dead process's journal is removed"


def test_a_task_that_runs_is_shown_running_and_then_ended(spool: Spool) -> None:
    main = spool.region()
    begin(main)
    submit(main, 1, 2)
    gate_read, gate_write = os.pipe()

    def slow(region: Region) -> None:
        started = now()
        region.slot_begin(POOL, 1, -1, started, "(1,)")
        os.read(gate_read, 1)
        region.task_ran(POOL, 1, started, now(), State.SUCCEEDED)
        region.slot_clear()

    pid = spool.fork(2, slow)
    spool.until("SELECT state FROM tasks WHERE number = 1", (1,))
    assert spool.ask("SELECT pending, running FROM runs") == [(1, 1)]
    assert spool.ask("SELECT running, pending FROM pools") == [(1, 1)]
    os.write(gate_write, b"x")
    os.waitpid(pid, 0)
    spool.until("SELECT state FROM tasks WHERE number = 1", (2,))
    spool.until("SELECT pending, running, succeeded FROM runs", (1, 0, 1))
    os.close(gate_read)
    os.close(gate_write)


def test_a_slow_item_is_shown_running_and_ends_as_the_same_row(spool: Spool) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main)
    main.rich(events.BatchSubmitted(now(), POOL, 2, "job.g", "map", 10, 10))
    worker.slot_begin(POOL, 2, 0, now())
    started = now()
    worker.slot_item(4, started)
    worker.slot_args("'big'")
    spool.until("SELECT state, item_index, args FROM tasks", (1, 4, "'big'"))
    ended = now()
    slow = (events.SlowItem(4, started, ended, "'big'"),)
    worker.chunk_ran(events.ChunkRan(POOL, 2, 0, 0, 10, 0, 0, started, ended, 1, True, ((1, 10),), slow))
    worker.slot_clear()
    spool.turn()
    assert spool.ask("SELECT state, item_index, count(*) FROM tasks") == [(2, 4, 1)]
    assert spool.ask("SELECT succeeded, folded FROM batches") == [(10, 9)]


@pytest.mark.parametrize("when", ["submitted", "reported", "failed", "running"])
def test_a_collector_that_died_is_followed_by_one_that_goes_on(spool: Spool, when: str) -> None:
    main, worker = spool.region(), spool.region(2, 1, POOL)
    begin(main, "ProcessPoolExecutor")
    submit(main, 1)
    main.rich(events.BatchSubmitted(now(), POOL, -2, "job.g", "map", -1, 10))
    main.chunk_submitted(now(), POOL, 2, -2, 0, 10)
    started = now()
    worker.slot_begin(POOL, 1, -1, started)
    spool.turn()
    if when == "submitted":
        spool.die()
    if when == "running":
        spool.until("SELECT state FROM tasks WHERE number = 1", (1,))
        spool.die()
    raised = events.Raised("ValueError", "no")
    worker.rich(events.TaskFailed(POOL, 1, -1, -1, started, now(), "(1,)", raised))
    spool.turn()
    if when == "failed":
        spool.die()
    worker.task_ran(POOL, 1, started, now(), State.FAILED)
    worker.slot_clear()
    worker.slot_begin(POOL, 2, -1, now())
    worker.chunk_ran(events.ChunkRan(POOL, 2, -1, 0, 4, 0, 0, started, now(), 1, False, ((1, 4),), ()))
    spool.turn()
    if when == "reported":
        spool.die()
    assert spool.ask("SELECT pending + running FROM runs") == [(6,)]
    worker.chunk_ran(events.ChunkRan(POOL, 2, -1, 4, 6, 0, 0, started, now(), 1, True, ((1, 6),), ()))
    worker.slot_clear()
    spool.turn()
    assert spool.ask("SELECT pending, running, succeeded, failed FROM runs") == [(0, 0, 10, 1)]
    assert spool.ask("SELECT state, failure_id IS NOT NULL FROM tasks WHERE number = 1") == [(3, 1)]
    assert spool.ask("SELECT count(*) FROM open_chunks") == [(0,)]
    assert spool.ask("SELECT sum(n) FROM task_rollups") == [(11,)]


def test_the_run_ends_with_its_main_process_and_its_directory_goes(state_dir: Path) -> None:
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    spool = Spool(state_dir, main=pid)
    spool.until("SELECT state FROM runs", ("running",))
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    spool.until("SELECT state, exit_code FROM runs", ("killed", -15))
    spool.turn(3)
    assert not spool.directory.exists()
    assert spool.ask("SELECT kind, state, signal FROM processes") == [("main", "killed", 15)]
    assert not spool.collector.followers
    spool.close()


def test_a_hundred_short_processes_leave_no_work_behind(spool: Spool) -> None:
    """Ten thousand processes with maxtasksperchild=1 must not make each turn dearer than the last."""
    main = spool.region()
    begin(main)
    for number in range(100):
        submit(main, number)

        def once(region: Region, number: int = number) -> None:
            started = now()
            region.slot_begin(POOL, number, -1, started)
            region.task_ran(POOL, number, started, now(), State.SUCCEEDED)
            region.slot_clear()

        os.waitpid(spool.fork(2 + number, once), 0)
        if number % 20 == 0:
            spool.turn()
    spool.until("SELECT succeeded, pending FROM runs", (100, 0))
    spool.until("SELECT count(*) FROM processes WHERE state NOT IN ('starting', 'running')", (100,))
    spool.turn(2)
    (follower,) = spool.collector.followers.values()
    assert len(follower.run.processes) == 1
    assert len(follower.directory.regions) == 1
    assert spool.ask("SELECT count(*) FROM journals") == [(1,)]
    assert len(list(spool.directory.glob("*.psj"))) == 1


def test_orphans_go_on_and_what_they_run_is_not_cancelled(state_dir: Path) -> None:
    """The main process is killed: what waits in its pools never runs, what its workers are at goes on."""
    gate_read, gate_write = os.pipe()
    told_read, told_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told_write)
        os.read(told_read, 1)
        os._exit(0)
    spool = Spool(state_dir, main=pid)
    main = spool.region()
    begin(main)
    submit(main, 1, 2, 3)

    def slow(region: Region) -> None:
        for number in (1, 3):
            started = now()
            region.slot_begin(POOL, number, -1, started)
            os.read(gate_read, 1)
            region.task_ran(POOL, number, started, now(), State.SUCCEEDED)
            region.slot_clear()

    worker = spool.fork(2, slow)
    spool.until("SELECT state FROM tasks WHERE number = 1", (1,))
    (follower,) = spool.collector.followers.values()
    follower.run.pools[POOL].owner = follower.run.main = 0
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    main_row = follower.run.processes[0]
    main_row.owned.append(POOL)
    spool.until("SELECT state FROM runs", ("killed",))
    assert spool.ask("SELECT number, state FROM tasks ORDER BY number") == [(1, 1), (2, 4), (3, 4)]
    os.write(gate_write, b"xx")
    os.waitpid(worker, 0)
    spool.until("SELECT count(*) FROM processes WHERE kind = 'worker' AND state = 'finished'", (1,))
    spool.turn(4)
    assert spool.ask("SELECT number, state FROM tasks ORDER BY number") == [(1, 2), (2, 4), (3, 2)]
    assert spool.ask("SELECT pending, running, succeeded, cancelled FROM runs") == [(0, 0, 2, 1)]
    for descriptor in (gate_read, gate_write, told_read, told_write):
        os.close(descriptor)
    spool.close()
