"""The JSON of what processes share."""

from __future__ import annotations

from typing import Any

from procscope.runtime.store.rows import Edge, End, Holder, Primitive
from procscope.runtime.store.sync_wire import edge_objects, primitive_object

FIELDS = [
    "id", "kind", "name", "site", "state", "pid", "created_at", "holders", "waiters", "acquired", "released",
    "contended", "wait_s", "wait_p50_s", "wait_p95_s", "hold_s", "hold_p50_s", "hold_p95_s", "depth", "maxsize",
    "unfinished", "items_in", "items_out", "bytes_in", "bytes_out", "blocked_s", "producers", "consumers", "size",
    "calls", "used_by", "role", "incidents",
]  # fmt: skip
COUNTS = (
    "acquired", "released", "contended", "items_in", "items_out", "bytes_in", "bytes_out", "calls", "wait_s",
    "blocked_s", "hold_s",
)  # fmt: skip
WHEN = 1_748_746_800_000_000


def primitive(kind: str = "Lock", **values: Any) -> Primitive:
    """A primitive that was never used; `values` over that."""
    dull: dict[str, Any] = dict.fromkeys(Primitive.__slots__) | dict.fromkeys(COUNTS, 0)
    people = dict.fromkeys(("holders", "waiters", "producers", "consumers", "attached"), ())
    named = {"id": 3, "run_id": 1, "uid": 9, "kind": kind, "name": "a", "site": "/srv/job.py:5", "state": "open"}
    return Primitive(**{**dull, **people, **named, **values})


def test_a_primitive_has_the_promised_fields() -> None:
    """Scripts break on a renamed key, a week after the release."""
    holder = Holder(4, 12, "P-1", 77, "holds", WHEN, "/srv/job.py:20 in f", False)
    made = primitive_object(primitive(holders=(holder,), created_us=WHEN, attached=(12,)), ["it is stuck"])
    assert list(made) == FIELDS
    assert made["holders"] == [
        {"pid": 12, "name": "P-1", "thread": 77, "what": "holds", "since": "2025-06-01T03:00:00.000000Z",
         "site": "/srv/job.py:20 in f", "alive": False}
    ]  # fmt: skip
    assert (made["incidents"], made["used_by"], made["wait_p95_s"]) == (["it is stuck"], [12], None)


def test_an_unbounded_queue_has_no_maxsize_and_a_lock_has_none_either() -> None:
    """A maxsize of 0 reads as 'nothing fits'."""
    assert primitive_object(primitive("Queue", size=0))["maxsize"] is None
    assert primitive_object(primitive("Queue", size=10))["maxsize"] == 10
    assert primitive_object(primitive("Semaphore", size=3))["maxsize"] is None


def test_edges_name_pids() -> None:
    """Row ids mean nothing outside of the database."""
    ends = {"producers": (End(1, 11, None, 5, 50, 0.0),), "consumers": (End(2, 12, None, 5, 50, 0.0),)}
    made = edge_objects([Edge(1, 2, 3, 5, 50)], [primitive("Queue", **ends)])
    assert made == [{"from": 11, "to": 12, "primitive": 3, "items": 5, "bytes": 50}]
