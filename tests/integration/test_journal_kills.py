"""SIGKILL at any moment: what a write returned from is there, whole, once, and in order."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from procscope.runtime.events import TaskRan
from procscope.runtime.journal.reader import Segment, scan
from procscope.runtime.journal.writer import Identity
from tests.support.journals import open_journal, read_all

KILLS = int(os.environ.get("PROCSCOPE_TEST_KILLS", "40"))


def write_until_killed(spool: Path, told: int, number: int) -> None:
    region = open_journal(spool, who=Identity("run", number + 1, 0, 0)).region()
    count = 0
    while True:
        region.task_ran(5, count, 1, 2, 2)
        count += 1
        os.pwrite(told, count.to_bytes(8, "little"), number * 8)


def test_no_written_record_is_lost_or_torn_by_sigkill(tmp_path: Path) -> None:
    dice = random.Random(11)
    told = os.open(tmp_path / "told", os.O_RDWR | os.O_CREAT)
    for number in range(KILLS):
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(tmp_path, told, number)
            finally:
                os._exit(1)
        while not int.from_bytes(os.pread(told, 8, number * 8), "little"):
            os.sched_yield()
        time.sleep(dice.random() / 50)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    by_process: dict[int, list[int]] = {}
    for segment in segments_of(tmp_path):
        events, damaged = read_all(segment)
        assert damaged == 0
        numbers = [event.number for event in events if isinstance(event, TaskRan)]
        by_process.setdefault(segment.header.process, []).extend(numbers)
    for number in range(KILLS):
        confirmed = int.from_bytes(os.pread(told, 8, number * 8), "little")
        written = by_process[number + 1]
        assert written == list(range(len(written)))
        assert len(written) in (confirmed, confirmed + 1)
    os.close(told)


def segments_of(spool: Path) -> list[Segment]:
    found = [Segment.open(path) for path in scan(str(spool / "run"))]
    return sorted(found, key=lambda segment: (segment.header.process, segment.header.seq))
