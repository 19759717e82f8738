"""A child that could not open a journal says nothing: then the collector says that for it."""

from __future__ import annotations

import os
from pathlib import Path

from procscope.runtime import events
from tests.integration.collected import POOL, Spool, begin, now

SILENT = 77


def test_a_child_that_never_spoke_is_said_to_be_unobserved(tmp_path: Path) -> None:
    """A worker without a descriptor left for its journal was shown as one that had nothing to do."""
    spool = Spool(tmp_path)
    try:
        region = spool.region()
        begin(region)
        pid = os.fork()
        if not pid:
            os._exit(0)
        region.rich(events.ProcessStarted(now(), SILENT, pid, "worker", "W-1", POOL, False, "worker", "", "fork"))
        region.rich(events.ProcessExited(now(), SILENT, pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
        told = f"SELECT unobserved FROM processes WHERE pid = {pid}"
        spool.until(told, ("all it did: it left no journal",))
        spool.until("SELECT notes FROM runs", ('["a process that left no journal is not observed"]',))
    finally:
        spool.close()


def test_a_child_that_was_killed_at_once_is_not_accused(tmp_path: Path) -> None:
    """Every pool that is terminated early would have had such a note."""
    spool = Spool(tmp_path)
    try:
        region = spool.region()
        begin(region)
        pid = os.fork()
        if not pid:
            os.kill(os.getpid(), 9)
        region.rich(events.ProcessStarted(now(), SILENT, pid, "worker", "W-1", POOL, False, "worker", "", "fork"))
        region.rich(events.ProcessExited(now(), SILENT, pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
        spool.until(f"SELECT state, unobserved FROM processes WHERE pid = {pid}", ("killed", None))
        assert spool.ask("SELECT notes FROM runs") == [(None,)]
    finally:
        spool.close()
