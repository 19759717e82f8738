"""Lines of the tree: pools, their workers, and what was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from procscope.cli import tree_page
from procscope.runtime.store import wire
from procscope.runtime.store.rows import Counts, Pool
from tests.unit.cli import rows

POOL = Pool(
    9, 1, 90, 1, "Pool", "Pool-1", 2, "spawn", 3, None, "job.py:1", "open", None, rows.NOW, None, Counts(succeeded=7),
    3, None, 1, "4f21c9", retired={"maxtasks": 1},
)  # fmt: skip


def lines(processes: list[Any], *pools: Pool) -> list[list[str]]:
    """(what, doing) of each line."""
    return [[text for text, _ in row][:2] for row in tree_page.rows(wire.tree_objects(processes, {}, pools))]


def test_workers_hang_under_their_pool_and_a_workers_pool_under_the_worker() -> None:
    """Of a pool made within a pool's worker nobody could say whose workers were whose."""
    inner = replace(POOL, id=10, process_id=2, kind="ThreadPool", name="ThreadPool-1", start_method=None)
    processes = [
        rows.process(id=1, kind="main", pid=10),
        rows.process(id=2, parent_id=1, pool_id=9, pid=20),
        rows.process(id=3, parent_id=1, kind="resource_tracker", name="resource tracker", pid=30),
    ]
    assert lines(processes, POOL, inner) == [
        ["10 main", "running"],
        ["├─ pool Pool-1", "2 places, spawn; 1 worker gone: 1 after as many tasks as they may"],
        ["│  └─ 20 worker", "idle"],
        ["│     └─ pool ThreadPool-1", "2 places; 1 worker gone: 1 after as many tasks as they may"],
        ["└─ 30 resource tracker", "running"],
    ]


def test_ten_thousand_workers_that_ended_in_peace_are_counted() -> None:
    """`maxtasksperchild=1` printed a screenful a second; those that were killed are all shown."""
    workers = [rows.process(id=n, parent_id=1, pool_id=9, pid=n, state="finished") for n in range(2, 1002)]
    killed = rows.process(id=1002, parent_id=1, pool_id=9, pid=1002, state="killed", signal=9)
    found = lines([rows.process(id=1, kind="main", pid=1), *workers, killed], POOL)
    assert len(found) == 2 + 1 + 20 + 1
    assert found[2] == ["   ├─ …", "980 more that ended in peace"]
    assert found[-1] == ["   └─ 1002 worker", "† killed by SIGKILL"]


def test_daemons_orphans_and_zombies_say_so() -> None:
    """What is unusual about a process is on its line."""
    long_ago = rows.NOW
    processes = [
        rows.process(id=1, kind="process", name="poller", daemon=True, pid=1, orphaned_us=long_ago),
        rows.process(id=2, kind="process", name="copy", pid=2, state="finished", zombie_us=long_ago),
    ]
    (first, second) = lines(processes)
    assert first[0] == "1 poller (daemon)"
    assert first[1].startswith("running; orphaned: its parent ended ")
    assert second[1].startswith("finished; a zombie: its parent has not reaped it for ")
