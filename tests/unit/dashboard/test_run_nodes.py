"""The tree kept between snapshots: what did not change must stay the very same object."""

from __future__ import annotations

from dataclasses import replace

from procscope.dashboard.builders.run_nodes import RunNodes
from procscope.dashboard.delta import diff
from procscope.runtime.store.rows import Quantiles
from tests.unit.dashboard.test_presenters import NOW, SECOND, pool, process


def full(n: int) -> RunNodes:
    nodes = RunNodes(task_limit=0)
    workers = [process(i, parent_id=1, pool_id=9, cpu=1.0, rss=1 << 20) for i in range(2, n + 2)]
    nodes.add("abc", [process(1, kind="main"), *workers], [pool(9, process_id=1)])
    nodes.refresh({}, {}, NOW)
    return nodes


def test_one_change_among_a_thousand_workers_is_one_patch() -> None:
    nodes = full(1000)
    before = nodes.elements()
    nodes.add("abc", [replace(nodes.processes[500], cpu=50.0)], [])
    nodes.refresh({}, {}, NOW + SECOND)
    after = nodes.elements()
    assert sum(a is not b for a, b in zip(before, after, strict=True)) == 1
    change = diff({"nodes": before}, {"nodes": after})
    assert change is not None
    assert change["lists"]["nodes"] == {"upsert": [{"id": "p500", "cpu": 50, "at": NOW // SECOND + 1}]}


def test_a_row_that_was_touched_but_looks_the_same_is_not_sent() -> None:
    nodes = full(3)
    before = nodes.elements()
    nodes.add("abc", [replace(nodes.processes[2], cpu=1.2, rss=(1 << 20) + 100, rev=9)], [])
    nodes.refresh({}, {}, NOW + SECOND)
    assert diff({"nodes": before}, {"nodes": nodes.elements()}) is None


def test_a_task_becomes_stuck_by_the_clock_alone() -> None:
    nodes = full(1)
    busy = replace(nodes.processes[2], current_func="f", current_func_id=3, current_since_us=NOW)
    usual = {3: Quantiles(100, SECOND, SECOND, SECOND)}
    nodes.add("abc", [busy], [])
    nodes.refresh({}, usual, NOW + SECOND)
    assert nodes.elements()[2]["current"]["stuck"] is False
    nodes.refresh({}, usual, NOW + 5 * SECOND)
    assert nodes.elements()[2]["current"]["stuck"] is True


def test_a_new_worker_enters_in_its_place_and_a_dead_one_stays_greyed() -> None:
    nodes = full(2)
    dead = replace(nodes.processes[2], state="killed", signal=9, ended_us=NOW)
    nodes.add("abc", [dead, process(8, parent_id=1, pool_id=9)], [])
    nodes.refresh({}, {}, NOW)
    assert [node["id"] for node in nodes.elements()] == ["p1", "q9", "p2", "p3", "p8"]
    assert nodes.elements()[2]["signal"] == "SIGKILL"
    assert nodes.busy_functions() == set()
