"""Where workers' time went, on the run page: the worst pool first, and no share of what is within another."""

from __future__ import annotations

from procscope.dashboard.presenters.load_lines import load_lines
from procscope.runtime.diagnosis.loads import PoolLoad, WorkerLoad
from procscope.runtime.diagnosis.speedup import judged

SECOND = 1_000_000


def load(name: str, run_us: int, sending_us: int = 0) -> PoolLoad:
    workers = [WorkerLoad(n, run_us // 2, 0, sending_us // 2, 0, SECOND, 5, 5, 0, 10 * SECOND, None) for n in (1, 2)]
    return PoolLoad(
        1, name, "Pool", 2, True, 0, 10 * SECOND, 10, run_us, 0, 10, 0, 0, 0, None, tuple(workers), ()
    )  # fmt: skip


def test_the_pool_that_lost_the_most_comes_first_and_one_that_never_ran_not_at_all() -> None:
    lines = load_lines([judged(load("busy", 19 * SECOND)), None, judged(load("idle", 2 * SECOND))])
    assert [line["pool"] for line in lines] == ["idle", "busy"]
    assert lines[0]["achieved"] == "0.2"


def test_locks_are_within_the_calls_and_have_no_part_of_the_band() -> None:
    (line,) = load_lines([judged(load("images", 10 * SECOND, 4 * SECOND))])
    words = [part["what"] for part in line["parts"]]
    assert words[0] == "in calls"
    assert "sending results" in words
    assert not any("lock" in word for word in words)
    assert sum(part["share"] for part in line["parts"]) <= 1.001
