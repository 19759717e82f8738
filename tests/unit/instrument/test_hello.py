"""The first word, written without the journal's modules, must be readable by them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from procscope.runtime.events import ProcessAlive
from procscope.runtime.instrument import hello, identity
from procscope.runtime.journal.segment import boot_id, start_ticks
from tests.support.observed import told_in


def test_the_journals_reader_understands_it(run_directory: Path) -> None:
    """The layout was changed and the main processes disappeared."""
    birth = identity.me()
    hello.say(birth)
    (told,) = told_in(run_directory)
    assert told.header.process == birth.process
    assert told.header.pid == os.getpid()
    assert told.header.start_ticks == start_ticks()
    assert told.header.boot_id == boot_id().hex()
    assert told.header.run == run_directory.name
    (alive,) = told.events
    assert isinstance(alive, ProcessAlive)
    assert (alive.process, alive.pid, alive.ppid, alive.kind) == (birth.process, os.getpid(), os.getppid(), "main")
    assert alive.python == ".".join(map(str, sys.version_info[:3]))
    assert told.slot is None
    assert not any(told.drops)


def test_the_manifest_tells_main_from_the_others(run_directory: Path) -> None:
    """A Python subprocess was shown as the main process."""
    (run_directory / "run.json").write_text('{"pid": 1, "key": "x"}')
    birth = identity.me()
    hello.say(birth)
    assert birth.kind == "subprocess"
    (run_directory / "run.json").write_text(f'{{"key":"x","pid":{os.getpid()}}}')
    hello.say(birth)
    assert birth.kind == "main"


def test_no_directory_is_no_error(run_directory: Path) -> None:
    """A run pruned while its program lived made every new interpreter print a traceback."""
    run_directory.rmdir()
    hello.say(identity.me())
