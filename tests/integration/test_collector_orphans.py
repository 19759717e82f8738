"""A main process that was killed, workers that go on without it, and a collector that dies as well."""

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


def mapping(region: Region, spool: Spool, ends: tuple[int, int]) -> None:
    """Make an executor and map six items in chunks of two, and wait for ever: until the test is gone."""
    os.close(ends[1])
    spool.lock.close()
    region.rich(events.PoolOpened(now(), POOL, "ProcessPoolExecutor", 2, "images", "fork", 0, "", "job.py:1"))
    region.rich(events.BatchSubmitted(now(), POOL, -2, "job.f", "map", 6, 2))
    for number in range(3):
        region.chunk_submitted(now(), POOL, number, -2, 2 * number, 2)
    os.read(ends[0], 1)


def test_what_orphans_do_is_counted_once_by_whoever_collects(spool: Spool) -> None:
    """Three deaths in a row: the program's, its collector's, another's. No item is counted twice, and none is lost."""
    ends = os.pipe()
    begin(spool.region())
    owner = spool.fork(5, lambda region: mapping(region, spool, ends), 0)
    worker, at = spool.region(2, 5, POOL), now()
    worker.chunk_ran(events.ChunkRan(POOL, 0, -1, 0, 2, 0, 0, at, at, 1, True, ((1, 2),), ()))
    spool.until("SELECT succeeded FROM batches", (2,))
    spool.die()
    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)
    for end in ends:
        os.close(end)
    spool.until("SELECT succeeded, cancelled FROM batches", (2, 4))
    states = "SELECT item_index, state FROM tasks WHERE batch_id > 0 ORDER BY item_index"
    assert spool.ask(states) == [(item, State.CANCELLED) for item in (2, 3, 4, 5)]
    spool.die()
    slow = (events.SlowItem(1, at, at + 9_000_000, "3"),)
    worker.chunk_ran(events.ChunkRan(POOL, 1, -1, 0, 2, 0, 0, at, at + 9_000_000, 1, True, ((1, 2),), slow))
    spool.until("SELECT succeeded, cancelled FROM batches", (4, 2))
    closed = [(2, State.SUCCEEDED), (3, State.SUCCEEDED), (4, State.CANCELLED), (5, State.CANCELLED)]
    assert spool.ask(states) == closed
    assert spool.ask("SELECT succeeded, cancelled FROM pools WHERE kind = 'ProcessPoolExecutor'") == [(4, 2)]
    assert spool.ask("SELECT count(*) FROM batches") == [(1,)]
