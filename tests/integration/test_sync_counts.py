"""Each primitive that processes can share, used a known number of times, by each start method: exact, on the command
line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.runs import Object, asked, last_run, run

PROGRAM = Path(__file__).parent / "programs" / "primitives.py"
EXACT: dict[str, dict[str, Any]] = {
    "lock": {"kind": "Lock", "acquired": 20, "released": 20},
    "rlock": {"kind": "RLock", "acquired": 40, "released": 40},
    "semaphore": {"kind": "Semaphore", "acquired": 20, "released": 20, "size": 2},
    "bounded": {"kind": "BoundedSemaphore", "acquired": 20, "released": 20, "size": 2},
    "event": {"kind": "Event", "acquired": 2, "released": 1, "calls": 2},
    "condition": {"kind": "Condition", "acquired": 2, "released": 2, "calls": 0},
    "barrier": {"kind": "Barrier", "acquired": 2, "calls": 2, "size": 2},
    "jobs": {"kind": "Queue", "items_in": 10, "items_out": 10, "depth": 0, "maxsize": 50},
    "tracked": {"kind": "JoinableQueue", "items_in": 10, "items_out": 10, "depth": 0, "unfinished": 0},
    "simple": {"kind": "SimpleQueue", "items_in": 10, "items_out": 10, "depth": 0},
    "value": {"kind": "Value", "acquired": 7, "released": 7, "size": 4},
    "array": {"kind": "Array", "acquired": 7, "released": 7, "size": 16},
    "raw": {"kind": "RawValue", "size": 4},
    "raws": {"kind": "RawArray", "size": 12},
    "shared": {"kind": "Proxy", "calls": 7},
    "numbers": {"kind": "Manager.Queue", "items_in": 6, "items_out": 0, "depth": 6, "calls": 7},
    "feed": {"kind": "queue.Queue", "items_in": 4, "items_out": 4, "depth": 0},
}


@pytest.fixture(scope="module", params=["fork", "spawn", "forkserver"])
def primitives(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    """What `procscope sync --json` prints of the program."""
    home = tmp_path_factory.mktemp("sync")
    script = home / "job.py"
    shutil.copy(PROGRAM, script)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROCSCOPE_STATE_DIR", str(home))
        done = run(script, str(request.param))
        assert done.returncode == 0, done.stderr
        assert last_run()["state"] == "finished"
        return asked("sync")


def named(primitives: list[Object], name: str) -> Object:
    found = [one for one in primitives if one["name"] == name]
    assert len(found) == 1, f"{name}: {[(one['kind'], one['name']) for one in primitives]}"
    return found[0]


@pytest.mark.parametrize("name", EXACT)
def test_counts_are_exact(primitives: list[Object], name: str) -> None:
    """A count that is off by one is a lost update to somebody, and then no count is believed."""
    one = named(primitives, name)
    assert {key: one[key] for key in EXACT[name]} == EXACT[name]
    assert one["site"] is not None
    assert "/job.py:" in one["site"]
    assert one["site"].endswith(" in main")
    assert one["state"] in ("gone", "closed")
    assert (one["holders"], one["waiters"], one["incidents"]) == ([], [], [])


def test_pipes_one_way_and_both_ways(primitives: list[Object]) -> None:
    """Two sockets make one pipe."""
    one, both = sorted((one for one in primitives if one["kind"] == "Pipe"), key=lambda one: int(one["items_in"]))
    assert (one["items_in"], one["items_out"]) == (1, 1)
    assert (both["items_in"], both["items_out"], both["depth"]) == (4, 4, 0)
    assert one["bytes_in"] == one["bytes_out"] > 0


def test_ends_of_a_queue_are_told_by_process(primitives: list[Object]) -> None:
    """Who feeds whom."""
    jobs = named(primitives, "jobs")
    assert [end["items"] for end in jobs["producers"]] == [5, 5]
    assert [end["items"] for end in jobs["consumers"]] == [10]
    assert jobs["bytes_in"] == jobs["bytes_out"] > 10 * 100
    tracked = named(primitives, "tracked")
    assert [end["items"] for end in tracked["producers"]] == [10]
    assert len(tracked["consumers"]) in (1, 2)


def test_shared_memory_and_managers(primitives: list[Object]) -> None:
    """By name and size, who made it, and that nothing has leaked."""
    blocks = [one for one in primitives if one["kind"] == "SharedMemory"]
    assert sorted(one["state"] for one in blocks) == ["unlinked"] * len(blocks)
    assert {one["size"] for one in blocks} >= {4096}
    managers = [one for one in primitives if one["kind"] == "Manager"]
    assert "SyncManager" in {one["name"] for one in managers}


def test_times_are_known(primitives: list[Object]) -> None:
    """How long it was held, and how long others waited for it."""
    lock = named(primitives, "lock")
    assert 0 < lock["hold_p50_s"] <= lock["hold_p95_s"] < 5
    barrier = named(primitives, "barrier")
    assert barrier["wait_p95_s"] > 0


def test_nothing_is_listed_that_the_program_did_not_make(primitives: list[Object]) -> None:
    """The five semaphores inside of a Barrier are nobody's business."""
    strange = [
        one for one in primitives if one["name"] not in EXACT and one["kind"] not in ("Pipe", "SharedMemory", "Manager")
    ]
    assert [one["name"] for one in strange] == ["start"]
