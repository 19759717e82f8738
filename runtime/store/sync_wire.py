"""The stable JSON objects of what processes share: what `procscope sync --json` prints and the API returns. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from procscope.runtime.store.rows import Edge, End, Holder, Primitive
from procscope.runtime.store.wire import iso

_QUEUES = frozenset({"Queue", "JoinableQueue", "Manager.Queue", "queue.Queue"})


def primitive_object(one: Primitive, incidents: Sequence[str] = ()) -> dict[str, Any]:
    """One line of `procscope sync --json`; `incidents` are the sentences that name it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "site": one.site,
        "state": one.state,
        "pid": one.pid,
        "created_at": iso(one.created_us),
        "holders": [holder_object(holder) for holder in one.holders],
        "waiters": [holder_object(holder) for holder in one.waiters],
        "acquired": one.acquired,
        "released": one.released,
        "contended": one.contended,
        "wait_s": one.wait_s,
        "wait_p50_s": one.wait_p50_s,
        "wait_p95_s": one.wait_p95_s,
        "hold_s": one.hold_s,
        "hold_p50_s": one.hold_p50_s,
        "hold_p95_s": one.hold_p95_s,
        "depth": one.depth,
        "maxsize": (one.size or None) if one.kind in _QUEUES else None,
        "unfinished": one.unfinished,
        "items_in": one.items_in,
        "items_out": one.items_out,
        "bytes_in": one.bytes_in,
        "bytes_out": one.bytes_out,
        "blocked_s": one.blocked_s,
        "producers": [_end(end) for end in one.producers],
        "consumers": [_end(end) for end in one.consumers],
        "size": one.size,
        "calls": one.calls,
        "used_by": list(one.attached),
        "role": one.role,
        "incidents": list(incidents),
    }


def holder_object(holder: Holder) -> dict[str, Any]:
    """Somebody who holds or waits: `what` is 'holds', or what it is blocked in."""
    return {
        "pid": holder.pid,
        "name": holder.name,
        "thread": holder.thread,
        "what": holder.what,
        "since": iso(holder.since_us),
        "site": holder.site,
        "alive": holder.alive,
    }


def _end(end: End) -> dict[str, Any]:
    return {"pid": end.pid, "name": end.name, "items": end.items, "bytes": end.bytes, "wait_s": end.wait_s}


def edge_objects(edges: Iterable[Edge], primitives: Iterable[Primitive]) -> list[dict[str, Any]]:
    """Who feeds whom, by pid."""
    pids = {end.process_id: end.pid for one in primitives for end in (*one.producers, *one.consumers)}
    return [
        {
            "from": pids.get(edge.from_process),
            "to": pids.get(edge.to_process),
            "primitive": edge.primitive_id,
            "items": edge.items,
            "bytes": edge.bytes,
        }
        for edge in edges
    ]
