"""Who collects, read from the lock file without getting in anyone's way."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.cli.lock import FILE, Holder, holder


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A lock file that this process holds."""
    path = tmp_path / FILE
    path.write_text(json.dumps({"pid": os.getpid(), "started": 1, "caught_up": 42}))
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield path


def test_the_holder_is_read(held: Path) -> None:
    """What it has caught up with is what queries wait for."""
    assert holder(str(held.parent)) == Holder(os.getpid(), 42)


def test_a_lock_that_nobody_holds_is_nobodys(tmp_path: Path) -> None:
    """A killed collector leaves its file behind; its pid may be somebody else's by now."""
    (tmp_path / FILE).write_text(json.dumps({"pid": os.getpid(), "caught_up": 42}))
    assert holder(str(tmp_path)) is None


def test_a_dead_pid_is_nobody(tmp_path: Path) -> None:
    """The lock itself is not even tried then, so that a starting collector gets it."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    (tmp_path / FILE).write_text(json.dumps({"pid": child.pid}))
    assert holder(str(tmp_path)) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', "\0" * 64, '{"pid": 1e99}'])
def test_a_torn_file_is_looked_at_again_later(held: Path, content: str) -> None:
    """The collector rewrites it in place while others read."""
    held.write_text(content)
    assert holder(str(held.parent)) is None


def test_no_spool_is_nobody(tmp_path: Path) -> None:
    """On a machine where nothing ever ran there is no file."""
    assert holder(str(tmp_path / "none")) is None
