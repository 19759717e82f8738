"""What this process says of primitives: never into rows that are a parent's, never twice under two names."""

from __future__ import annotations

import os
from pathlib import Path

from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards
from procscope.runtime.journal import board_layout as layout
from tests.support import boards as read

LOCK = int(Primitive.LOCK)


def test_a_primitive_is_born_with_name_site_and_owner(run_directory: Path) -> None:
    boards.born(5, LOCK, name="self.lock", site="job.py:3 in f", size=1, owner=4, role="reader")
    (line,) = read.lines(run_directory)
    assert line.born == ["self.lock", "job.py:3 in f", "reader"]
    assert (line.words[layout.OWNER], line.words[layout.SIZE]) == (4, 1)
    assert line.words[layout.FLAGS] & layout.FLAG_MADE_HERE
    assert line.words[layout.CREATED]


def test_a_child_of_fork_counts_on_a_board_of_its_own(run_directory: Path) -> None:
    """Parent and child wrote into one row, and each lost what the other counted."""
    mine = boards.row(5, LOCK)
    mine.add(layout.ACQUIRED)
    child = os.fork()
    if not child:
        try:
            from procscope.runtime.instrument import recorder

            recorder._forked()
            assert mine.thread == 0
            boards.row(5, LOCK).add(layout.ACQUIRED, 10)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert mine.thread
    mine.add(layout.ACQUIRED)
    counted = {line.pid: line.words[layout.ACQUIRED] for line in read.lines(run_directory)}
    assert counted == {os.getpid(): 2, child: 10}


def test_a_wait_is_told_while_it_lasts_and_gone_when_it_raised(run_directory: Path) -> None:
    """A Ctrl-C in get() left a thread "waiting" for the rest of its life."""
    try:
        with boards.waiting(5, Wait.GET, "job.py:9 in g"), boards.waiting(6, Wait.ACQUIRE):
            (wait,) = read.waits(run_directory)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert (wait.uid, wait.what, wait.site) == (5, Wait.GET, "job.py:9 in g")
    assert read.waits(run_directory) == []


def test_a_name_has_the_same_uid_everywhere() -> None:
    assert boards.uid_of("/mp-abcd") == boards.uid_of("/mp-abcd") != boards.uid_of("/mp-abce")
    assert 0 < boards.uid_of("") < 1 << 63
