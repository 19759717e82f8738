"""The page of locks and queues: what somebody waits for comes first, and the dead are told from the living."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.presenters import sync_lines
from procscope.runtime.store.rows import End, Holder, Primitive

COUNTS = (
    "acquired", "released", "contended", "items_in", "items_out", "bytes_in", "bytes_out", "calls", "wait_s",
    "blocked_s", "hold_s",
)  # fmt: skip


def primitive(number: int, kind: str = "Lock", **values: Any) -> Primitive:
    fields = dict.fromkeys(Primitive.__dataclass_fields__) | dict.fromkeys(COUNTS, 0)
    people = dict.fromkeys(("holders", "waiters", "producers", "consumers", "attached"), ())
    return Primitive(
        **{**fields, **people, "id": number, "run_id": 1, "uid": number, "kind": kind, "state": "open", **values}
    )


def person(pid: int, what: str = "holds", *, alive: bool = True) -> Holder:
    return Holder(pid, pid, "w", 1, what, 1_700_000_000_000_000, "/home/u/job.py:12 in first", alive)


def test_a_lock_whose_holder_is_dead_is_the_first_thing_one_reads() -> None:
    quiet = primitive(1)
    busy = primitive(2, waiters=(person(7, "acquire"),))
    orphan = primitive(3, holders=(person(8, alive=False),), waiters=(person(9, "acquire"),))
    lines = sync_lines.sync_lines([quiet, busy, orphan], "abc")["locks"]
    assert [line["id"] for line in lines] == ["s3", "s2", "s1"]
    assert lines[0]["dead"]
    assert not lines[1]["dead"]


def test_every_kind_has_its_place() -> None:
    kinds = {"Lock": "locks", "Queue": "channels", "SharedMemory": "shared", "Value": "shared", "Proxy": "calls"}
    groups = sync_lines.sync_lines([primitive(n, kind) for n, kind in enumerate(kinds, 1)], "abc")
    assert {line["kind"]: name for name, lines in groups.items() for line in lines} == kinds


def test_a_queue_of_a_thousand_workers_names_the_busiest() -> None:
    ends = tuple(End(n, 4000 + n, f"w{n}", n, n * 10, 0.0) for n in range(1000))
    line = sync_lines.channel_line(primitive(1, "Queue", producers=ends), "abc")
    assert [end["items"] for end in line["producers"]] == [999, 998, 997, 996, 995, 994]
    assert line["more_producers"] == 994
    assert line["producers"][0]["href"] == "/runs/abc#p999"


def test_an_unbounded_queue_has_no_limit_instead_of_a_limit_of_0() -> None:
    assert sync_lines.channel_line(primitive(1, "Queue", size=0), "abc")["maxsize"] is None


def test_a_place_is_short_and_an_uncertain_one_says_so() -> None:
    assert sync_lines.short_site("/home/u/job.py:12 in first") == "job.py:12 in first"
    assert sync_lines.short_site("~/home/u/job.py:12 in first") == "~job.py:12 in first"
    assert sync_lines.short_site(None) is None
