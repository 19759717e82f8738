"""The words of the line at a run's end."""

from __future__ import annotations

import pytest

from procscope.cli.ending import counts, signal_name, verdict


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
    tasks = {"pending": 0, "running": 0, "succeeded": 1397, "failed": 2, "cancelled": 0, "lost": 1}
    assert counts(tasks, 0) == "1,400 tasks, 2 failed, 1 lost, 0 dropped"
    assert counts({**dict.fromkeys(tasks, 0), "failed": 1}, 7) == "1 task, 1 failed, 0 lost, 7 dropped"


def test_a_real_time_signal_has_a_number() -> None:
    """Not every signal has a name on every system."""
    assert signal_name(9) == "SIGKILL"
    assert signal_name(50) == "signal 50"
