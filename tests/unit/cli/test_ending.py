"""The words of the line at a run's end."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.cli.ending import counts, verdict
from procscope.cli.signals import signal_name
from procscope.runtime.store.glance import Glance, of_sqlite, of_store
from tests.support.seed import seed


@pytest.mark.parametrize(
    ("state", "exit_code", "said"),
    [
        ("finished", 0, "finished in"),
        ("failed", 3, "failed (exit 3) after"),
        ("failed", None, "failed after"),
        ("killed", -9, "was killed by SIGKILL after"),
        ("killed", None, "was killed after"),
    ],
)
def test_how_it_ended(state: str, exit_code: int | None, said: str) -> None:
    """The line once said "finished" of a run that was killed."""
    assert verdict(state, exit_code) == said


def test_every_count_is_there() -> None:
    """Zero dropped is said too: its absence would prove nothing."""
    assert counts(Glance("finished", 0, 0, 0, 1397, 2, 0, 1, 0)) == "1,400 tasks, 2 failed, 1 lost, 0 dropped"
    assert counts(Glance("finished", 0, 0, 0, 0, 1, 0, 0, 7)) == "1 task, 1 failed, 0 lost, 7 dropped"


def test_both_ways_of_looking_agree(tmp_path: Path) -> None:
    """The quick look at SQLite must not drift from the queries everybody else asks."""
    url = str(tmp_path / "a.db")
    seeded = seed(url, tasks=100, workers=8)
    for key in (seeded.live.run, *seeded.past.values()):
        assert of_sqlite(url, key) == of_store(url, key) is not None
    assert of_sqlite(url, "none") is of_store(url, "none") is None
    assert of_sqlite(str(tmp_path / "none.db"), "none") is None


def test_a_real_time_signal_has_a_number() -> None:
    """Not every signal has a name on every system."""
    assert signal_name(9) == "SIGKILL"
    assert signal_name(50) == "signal 50"
