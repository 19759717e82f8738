"""What every test gets: a state directory of its own, a limit of time, and no process left behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from tests.support.leftovers import end_collectors

SECONDS = 120.0

# A shell ignores SIGINT for what it starts in the background, nohup SIGHUP, and every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def state_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The test's own PROCSCOPE_STATE_DIR (0700); collectors started in it are ended afterwards."""
    for name in [name for name in os.environ if name.startswith("PROCSCOPE_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("state")
    home.chmod(0o700)
    monkeypatch.setenv("PROCSCOPE_STATE_DIR", str(home))
    yield home
    end_collectors(home)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Fails a test that hangs, instead of hanging the whole run. A fork does not inherit the timer."""
    marker = item.get_closest_marker("timeout")
    seconds = float(marker.args[0]) if marker else SECONDS

    def expired(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"still running after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
