"""How incidents speak."""

from __future__ import annotations

import pytest

from procscope.runtime.diagnosis.words import call, pool_words, several, short, signal_name, span


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (-5, "0 ms"),
        (41_000, "41 ms"),
        (999_999, "999 ms"),
        (3_100_000, "3.1 s"),
        (252_000_000, "4 m 12 s"),
        (60_000_000, "1 m 00 s"),
        (7_500_000_000, "2 h 05 m"),
        (273_600_000_000, "3 d 4 h"),
    ],
)
def test_spans_read_at_a_glance(us: int, words: str) -> None:
    """'252000 ms' is not a length of time at 3 in the morning."""
    assert span(us) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nightly.resize", "resize()"),
        ("a.b.Report.run", "Report.run()"),
        ("__main__.main.<locals>.inner", "inner()"),
        ("<lambda>", "<lambda>()"),
    ],
)
def test_functions_are_called_as_in_the_program(name: str, words: str) -> None:
    """A line of three dotted packages hides what ran."""
    assert call(name) == words


def test_names_of_pools_and_signals() -> None:
    """A pool without a name still is something to look for."""
    assert pool_words("images", "Pool") == "pool images"
    assert pool_words("fetch", "ProcessPoolExecutor") == "executor fetch"
    assert pool_words(None, "ThreadPool") == "a ThreadPool"
    assert pool_words("", None) == "a pool"
    assert (signal_name(9), signal_name(77)) == ("SIGKILL", "signal 77")


def test_counts_and_long_messages() -> None:
    """A message of a megabyte is not a sentence."""
    assert (several(1, "task"), several(1204, "task")) == ("1 task", "1,204 tasks")
    assert short("first\nsecond") == "first"
    assert len(short("x" * 1_000_000)) == 120
    assert short("") == ""
