"""Rows to view models: what a person reads must be what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from procscope.dashboard.collector_status import caught_up_us, status
from procscope.dashboard.presenters import charts, incidents, nodes, run_lines, running_lines, task_page, tree
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.events import Raised, State
from procscope.runtime.store.rows import Counts, Drops, Pool, Process, Quantiles, Running, Task

SECOND = 1_000_000
NOW = 1_700_000_000 * SECOND


def process(number: int, **values: Any) -> Process:
    fields = dict.fromkeys(Process.__dataclass_fields__)
    plain = {"id": number, "run_id": 1, "uid": number, "pid": 4000 + number, "kind": "worker", "state": "running"}
    return Process(**{**fields, **plain, "tasks_done": 0, "rev": 1, **values})


def pool(number: int, **values: Any) -> Pool:
    fields = dict.fromkeys(Pool.__dataclass_fields__)
    plain = {"id": number, "run_id": 1, "kind": "Pool", "state": "open", "opened_us": NOW, "counts": Counts(), "rev": 1}
    return Pool(**{**fields, **plain, "run_key": "abc", "retired": {}, **values})


def task(state: State, **values: Any) -> Task:
    fields = dict.fromkeys(Task.__dataclass_fields__)
    plain = {"id": 7, "run_id": 1, "run_key": "abc", "number": 1, "func_id": 1, "state_code": int(state), "rev": 1}
    return Task(**{**fields, **plain, "func": "f", **values})


def test_a_killed_worker_says_by_what_and_keeps_what_it_was_doing() -> None:
    dead = process(
        1, state="killed", signal=9, exit_code=-9, current_func="load", current_index=23, current_since_us=NOW
    )
    node = nodes.process_node(dead, "abc", stuck=False, at=None)
    assert (node["signal"], node["reason"]) == ("SIGKILL", "killed by SIGKILL")
    assert node["current"]["func"] == "load"
    assert node["current"]["index"] == 23


def test_a_worker_that_ended_in_peace_is_not_shown_as_busy_for_ever() -> None:
    node = nodes.process_node(
        process(1, state="finished", exit_code=0, current_func="load"), "abc", stuck=False, at=None
    )
    assert node["current"] is None
    assert node["reason"] is None


def test_an_exit_code_is_a_reason_and_an_unknown_signal_has_a_number() -> None:
    assert nodes.ending(process(1, state="failed", exit_code=3)) == "exit code 3"
    assert nodes.ending(process(1, state="failed", exit_code=3, reason="sys.exit(3)")) == "sys.exit(3)"
    assert nodes.signal_name(63) in ("signal 63", "SIGRTMAX-1")
    assert nodes.signal_name(None) is None


def test_a_call_that_is_no_item_has_no_index() -> None:
    node = nodes.process_node(process(1, current_func="f", current_index=-1), "abc", stuck=False, at=None)
    assert node["current"]["index"] is None


def test_the_tree_is_main_pool_worker_grandchild_in_preorder() -> None:
    rows = [
        process(1, kind="main"),
        process(2, parent_id=1, pool_id=9),
        process(3, parent_id=2, kind="process"),
        process(4, parent_id=1, pool_id=9),
        process(5, parent_id=1, kind="manager"),
    ]
    found = tree.preorder(rows, [pool(9, process_id=1)])
    assert found == [
        ("p1", None, 0),
        ("q9", "p1", 1),
        ("p2", "q9", 2),
        ("p3", "p2", 3),
        ("p4", "q9", 2),
        ("p5", "p1", 1),
    ]


def test_orphans_and_circles_do_not_hide_or_hang_the_tree() -> None:
    orphan = process(2, parent_id=77)
    assert tree.preorder([orphan], []) == [("p2", None, 0)]
    circle = [process(1, parent_id=2), process(2, parent_id=1)]
    assert tree.preorder(circle, []) == [("p1", None, 0), ("p2", None, 0)]


def test_ten_thousand_retired_workers_become_a_number_and_the_broken_ones_stay() -> None:
    retired = [process(n, pool_id=9, state="finished") for n in range(1, 10_001)]
    broken = [process(n, pool_id=9, state="killed", signal=9) for n in range(10_001, 10_011)]
    alive = [process(n, pool_id=9) for n in range(20_000, 20_004)]
    kept, left = tree.shown([*retired, *broken, *alive])
    assert len(kept) == tree.PEACEFUL_SHOWN + 10 + 4
    assert left == {9: 10_000 - tree.PEACEFUL_SHOWN}
    assert [p.id for p in kept] == sorted(p.id for p in kept)


@pytest.mark.parametrize(
    ("age_s", "limit", "n", "stuck"),
    [(31, 0.0, 100, True), (29, 0.0, 100, False), (31, 0.0, 3, False), (6, 5.0, 0, True), (4, 5.0, 0, False)],
)
def test_stuck_is_three_times_the_p99_of_enough_durations_or_the_limit(
    age_s: int, limit: float, n: int, stuck: bool
) -> None:
    usual = Quantiles(n, SECOND, 9 * SECOND, 10 * SECOND) if n else None
    assert running_lines.too_old(age_s * SECOND, usual, limit) is stuck


def test_an_item_without_a_row_leads_to_its_worker_s_tasks() -> None:
    fields: dict[str, Any] = dict.fromkeys(Running.__dataclass_fields__)
    item = Running(**{**fields, "run_id": 1, "run_key": "abc", "func_id": 1, "func": "f", "since_us": NOW, "pid": 41})
    line = running_lines.running_line(item, NOW, 0)
    assert line["href"] == "/tasks?q=run%3Aabc%20worker%3A41"
    assert running_lines.running_line(replace(item, task_id=5), NOW, 0)["href"] == "/tasks/5"


def test_every_drop_has_its_reason_in_words() -> None:
    line = run_lines.drop_line(Drops(1, 4128, "spool_full", 37, NOW, NOW))
    assert (line["reason"], line["n"], line["pid"]) == ("the spool was full", 37, 4128)
    assert run_lines.drop_line(Drops(1, None, "novel", 1, None, None))["reason"] == "novel"


def test_the_path_of_a_lost_task_ends_with_who_took_it() -> None:
    lost = task(
        State.LOST, submitted_us=NOW, started_us=NOW + SECOND, finished_us=NOW + 4 * SECOND, duration_us=3 * SECOND,
        pid=41, reason="worker 41 was killed by SIGKILL",
    )  # fmt: skip
    stops = [(s["state"], s["after_s"], s["note"]) for s in task_page.path(lost)]
    assert stops == [
        ("submitted", None, None),
        ("started", 1.0, "worker 41"),
        ("lost", 3.0, "worker 41 was killed by SIGKILL"),
    ]


def test_a_task_that_never_ran_goes_from_submitted_to_its_end() -> None:
    never = task(State.CANCELLED, submitted_us=NOW, finished_us=NOW + 2 * SECOND, reason="the pool was terminated")
    assert [(s["state"], s["after_s"]) for s in task_page.path(never)] == [("submitted", None), ("cancelled", 2.0)]


def test_a_pending_task_has_no_end_yet() -> None:
    assert [s["state"] for s in task_page.path(task(State.PENDING, submitted_us=NOW))] == ["submitted"]


def test_an_endless_chain_of_causes_does_not_make_an_endless_page() -> None:
    chain = Raised("E", "bottom")
    for _ in range(500):
        chain = Raised("E", "x", causes=(chain, chain), link="cause")
    found = task_page.exception(chain)
    assert found is not None
    assert str(found).count("'type'") < 100


def test_charts_give_the_leaders_a_line_and_the_others_one() -> None:
    assert charts.leaders({n: float(n) for n in range(12)}) == set(range(12))
    assert charts.leaders({n: float(n) for n in range(1000)}) == set(range(989, 1000))


def test_a_newcomer_s_line_begins_where_it_came() -> None:
    first = charts.chart({"a": {1: 5.0, 2: 6.0}})
    grown = charts.extended(first, 3, {"a": 7.0, "b": 1.0})
    assert grown["t"] == [1, 2, 3]
    assert grown["series"] == [{"name": "a", "values": [5.0, 6.0, 7.0]}, {"name": "b", "values": [None, None, 1.0]}]
    assert charts.extended(grown, 3, {"a": 0.0}) is grown
    assert first["t"] == [1, 2]


def test_an_incident_leads_to_the_task_else_the_process_else_the_pool_else_the_run() -> None:
    bare = Incident("x", Level.CRITICAL, "text", NOW, "abc")
    assert incidents.incident_line(bare)["href"] == "/runs/abc"
    assert incidents.incident_line(replace(bare, pool_id=3))["href"] == "/runs/abc#q3"
    assert incidents.incident_line(replace(bare, pool_id=3, process_id=4))["href"] == "/runs/abc#p4"
    assert incidents.incident_line(replace(bare, task_id=5, process_id=4))["href"] == "/tasks/5"


def test_silence_is_staleness_only_while_something_runs() -> None:
    assert status(NOW - 4 * SECOND, None, 1, NOW)["collector"] == "stale"
    assert status(NOW - 4 * SECOND, None, 0, NOW)["collector"] == "none"
    assert status(NOW - SECOND, None, 0, NOW) == {"collector": "live", "stale_since": None, "behind_ms": 1000}
    assert status(NOW - 4 * SECOND, NOW - 3000, 1, NOW) == {"collector": "live", "stale_since": None, "behind_ms": 3}
    assert status(None, None, 3, NOW)["collector"] == "none"


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"caught_up": "x"}', b"\xff" * 10, b"[" * 5000])
def test_a_lock_file_that_cannot_be_read_is_no_collector(tmp_path: Any, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "collector.lock").write_bytes(content)
    assert caught_up_us(str(tmp_path)) is None


def test_a_lock_file_tells_how_far_the_collector_is(tmp_path: Any) -> None:
    (tmp_path / "collector.lock").write_text('{"pid": 1, "started": 2, "caught_up": 1700000000000000000}\n')
    assert caught_up_us(str(tmp_path)) == NOW
