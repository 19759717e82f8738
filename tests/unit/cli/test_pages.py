"""What a person reads at 3 in the morning."""

from __future__ import annotations

from collections.abc import Sequence

from procscope.cli import exception_page, runs_page, task_page, tasks_page, tree_page
from procscope.cli.paper import TROUBLE, Line
from procscope.runtime.events import State
from procscope.runtime.store import wire
from procscope.runtime.store.rows import Counts, Quantiles, Recent
from tests.unit.cli import rows


def texts(lines: Sequence[Line]) -> list[str]:
    """The lines without their styles."""
    return ["".join(text for text, _ in line) for line in lines]


def test_trouble_is_loud_and_zero_is_not() -> None:
    """Eyes go to red: a red 0 is a false alarm."""
    quiet = runs_page.row(wire.run_object(rows.run()))
    loud = runs_page.row(wire.run_object(rows.run(state="killed", exit_code=-9, counts=Counts(lost=1))))
    assert [style for _, style in quiet].count(TROUBLE) == 0
    assert ("killed (SIGKILL)", TROUBLE) in loud
    assert ("1", TROUBLE) in loud


def test_a_lost_task_says_who_died_of_what() -> None:
    """The page of a lost item: where it was, how long it waited and ran, and the reason in words."""
    lost = rows.task(state_code=int(State.LOST), index=23, batch_total=400, reason="worker 4131 was killed by SIGKILL")
    head, path, reason, *_ = texts(task_page.page(rows.detail(lost), rows.NOW))
    assert head == "load('x')  LOST  item 23 of 400 · Pool · worker 4131"
    assert " ── 400 ms waiting ──▶ started " in path
    assert " ── 40 ms ──▶ lost " in path
    assert reason == "worker 4131 was killed by SIGKILL"


def test_a_task_that_never_ran_has_no_invented_times() -> None:
    """A cancelled task was once shown as having run for 0 s."""
    found = rows.task(
        state_code=int(State.CANCELLED),
        started_us=None,
        duration_us=None,
        finished_us=rows.NOW + 5,
        pid=None,
        process_id=None,
    )
    _, path, *_ = texts(task_page.page(rows.detail(found), rows.NOW))
    assert "started" not in path
    assert "──▶ cancelled" in path


def test_causes_are_joined_by_because_of() -> None:
    """The message first, then frames, then what it came from; library frames stay but are dim."""
    inner = rows.raised("KeyError", "'y'", link="cause", ours=False)
    raised = rows.failed(rows.raised("LoadError", "two\nlines", (inner,))).raised
    assert raised
    assert texts(exception_page.page(raised)) == [
        "LoadError: two",
        "  lines",
        "  /job.py:3 in load",
        "      open(path)",
        "because of",
        "KeyError: 'y'",
        "  /job.py:3 in load",
        "      open(path)",
    ]


def test_a_running_task_says_for_how_long() -> None:
    """The stuck one is found by its age, not by subtracting clock times in one's head."""
    found = rows.task(state_code=int(State.RUNNING), finished_us=None, duration_us=None)
    _, path, *_ = texts(task_page.page(rows.detail(found), rows.NOW + 252_400_000))
    assert path.endswith(" ── 4 m 12 s so far")


def test_recent_durations_mark_this_one() -> None:
    """Is this one odd? The answer must not need arithmetic."""
    recent = [Recent(id, 40_000, 2) for id in range(1, 200)] + [Recent(500, 4_000_000, 2)]
    found = rows.detail(
        rows.task(id=500, duration_us=4_000_000), recent=recent, quantiles=Quantiles(200, 40_000, 41_000, 42_000)
    )
    head, bars = texts(task_page.page(found, rows.NOW))[-2:]
    assert head.endswith("this one 4.0 s, 100× the median")
    assert bars.endswith("▁▁▸█◂")
    assert len(bars) == 62


def test_the_reason_is_on_the_tasks_line() -> None:
    """One line answers what and why: of an exception its first line, of a lost task its reason."""
    stored = rows.raised("ValueError", "first\nsecond")
    assert tasks_page.why(wire.task_object(rows.failed(stored)), None) == "ValueError: first"
    assert tasks_page.why(wire.task_object(rows.task()), "its worker died") == "its worker died"


def test_the_tree_tells_the_dead_from_the_idle() -> None:
    """A killed worker is shown with its signal and the item it was on, where it was in the tree."""
    since = rows.NOW
    processes = [
        rows.process(id=1, kind="main", pid=4101),
        rows.process(id=2, parent_id=1, pid=4127),
        rows.process(id=3, parent_id=1, pid=4131, state="killed", signal=9, current_func="__main__.load",
                     current_index=23, current_since_us=since, rss=2_000_000_000),
    ]  # fmt: skip
    found = tree_page.rows(wire.tree_objects(processes, {}))
    assert texts([tree_page.head(wire.run_object(rows.run()))]) == ["job.py  finished 3.2 s  4f21c9"]
    assert [[text for text, _ in row] for row in found] == [
        ["4101 main", "running", "", "", ""],
        ["├─ 4127 worker", "idle", "", "", ""],
        ["└─ 4131 worker", "† killed by SIGKILL on load item 23", "", "", "1.9 GB"],
    ]
