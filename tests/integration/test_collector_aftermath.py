"""Orphans and zombies as the collector sees them, also the one that comes after a collector that died."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.runtime import events
from procscope.runtime.journal.writer import Region
from tests.integration.collected import Spool, begin, now

ZOMBIE = "SELECT zombie_us IS NOT NULL, state FROM processes WHERE uid = 2"


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """A run whose main process is this one."""
    made = Spool(tmp_path)
    begin(made.region())
    yield made
    made.close()


def test_a_child_that_nobody_asks_after_is_a_zombie_until_somebody_does(spool: Spool) -> None:
    """It was said to be one for ever, since the collector that had said so was gone when it was reaped."""
    pid = spool.fork(2, lambda region: None)
    spool.until(ZOMBIE, (1, "finished"))
    spool.die()
    spool.turn()
    assert spool.ask(ZOMBIE) == [(1, "finished")]
    os.waitpid(pid, 0)
    spool.until(ZOMBIE, (0, "finished"))


def test_a_child_whose_parent_is_killed_is_an_orphan(spool: Spool) -> None:
    """A worker that waits for a parent that will never come back looked idle."""
    told, tell = os.pipe()

    def parent(region: Region) -> None:
        child = os.fork()
        if not child:
            signal.pause()
            os._exit(70)
        region.rich(events.ProcessStarted(now(), 3, child, "process", "grandchild", 0, False, "", "", "fork"))
        os.write(tell, str(child).encode())
        signal.pause()

    pid = spool.fork(2, parent, pool=0)
    child = int(os.read(told, 20))
    try:
        spool.until("SELECT count(*), count(orphaned_us) FROM processes WHERE uid IN (2, 3)", (2, 0))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        spool.until("SELECT orphaned_us IS NOT NULL, ended_us IS NULL FROM processes WHERE uid = 3", (1, 1))
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(told)
        os.close(tell)
    spool.until("SELECT state FROM processes WHERE uid = 3", ("killed",))
