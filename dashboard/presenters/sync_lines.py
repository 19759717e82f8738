"""What processes share, as lines: locks and who is at them, channels and who feeds whom, shared memory, proxies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from procscope.dashboard.presenters.nodes import process_key
from procscope.dashboard.presenters.run_lines import points, significant
from procscope.dashboard.words import iso
from procscope.runtime.store.rows import ChannelSeries, End, Holder, Primitive

LOCKS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Event", "Condition", "Barrier"})
CHANNELS = frozenset({"Queue", "JoinableQueue", "SimpleQueue", "Pipe", "Connection", "Manager.Queue", "queue.Queue"})
CALLED = frozenset({"Manager", "Proxy"})
ENDS_SHOWN = 6
PEOPLE_SHOWN = 8
DEPTH_POINTS = 60

Line = dict[str, Any]


def sync_lines(primitives: Iterable[Primitive], run_key: str) -> dict[str, list[Line]]:
    """`locks`, `channels`, `calls` and `shared` of the page: what somebody waits for first, then in order of age."""
    groups: dict[str, list[Line]] = {"locks": [], "channels": [], "calls": [], "shared": []}
    for primitive in sorted(primitives, key=_urgency):
        name, make = _group(primitive.kind)
        groups[name].append(make(primitive, run_key))
    return groups


def _group(kind: str) -> tuple[str, Callable[[Primitive, str], Line]]:
    if kind in LOCKS:
        return "locks", lock_line
    if kind in CHANNELS:
        return "channels", channel_line
    return ("calls", call_line) if kind in CALLED else ("shared", shared_line)


def _urgency(primitive: Primitive) -> tuple[bool, bool, int]:
    dead = any(not holder.alive for holder in primitive.holders)
    return not (dead and primitive.waiters), not primitive.waiters, primitive.id


def lock_line(primitive: Primitive, run_key: str) -> Line:
    """A lock, semaphore, event, condition or barrier."""
    return {
        **_line(primitive, run_key),
        "acquired": primitive.acquired,
        "contended": primitive.contended,
        "wait_p95_s": significant(primitive.wait_p95_s),
        "hold_p95_s": significant(primitive.hold_p95_s),
    }


def channel_line(primitive: Primitive, run_key: str) -> Line:
    """A queue or pipe with both its ends."""
    return {
        **_line(primitive, run_key),
        "depth": primitive.depth,
        "maxsize": primitive.size or None,
        "unfinished": primitive.unfinished,
        "items_in": primitive.items_in,
        "items_out": primitive.items_out,
        "bytes_in": primitive.bytes_in,
        "bytes_out": primitive.bytes_out,
        "wait_p95_s": significant(primitive.wait_p95_s),
        "blocked_s": significant(primitive.blocked_s),
        "producers": _ends(primitive.producers, run_key),
        "consumers": _ends(primitive.consumers, run_key),
        "more_producers": max(0, len(primitive.producers) - ENDS_SHOWN),
        "more_consumers": max(0, len(primitive.consumers) - ENDS_SHOWN),
    }


def call_line(primitive: Primitive, run_key: str) -> Line:
    """A manager's server or an object of one, called through proxies."""
    return {
        **_line(primitive, run_key),
        "calls": primitive.calls,
        "call_p95_s": significant(primitive.hold_p95_s),
        "by": list(primitive.attached[:ENDS_SHOWN]),
        "more": max(0, len(primitive.attached) - ENDS_SHOWN),
    }


def shared_line(primitive: Primitive, run_key: str) -> Line:
    """A value, an array or a block of shared memory."""
    return {
        **_line(primitive, run_key),
        "bytes": primitive.size,
        "acquired": primitive.acquired,
        "contended": primitive.contended,
        "by": list(primitive.attached[:ENDS_SHOWN]),
        "more": max(0, len(primitive.attached) - ENDS_SHOWN),
    }


def _line(primitive: Primitive, run_key: str) -> Line:
    return {
        "id": f"s{primitive.id}",
        "kind": primitive.kind,
        "name": primitive.name or primitive.kind,
        "site": primitive.site,
        "place": short_site(primitive.site),
        "pid": primitive.pid,
        "state": primitive.state,
        "holders": [person(holder, run_key) for holder in primitive.holders[:PEOPLE_SHOWN]],
        "waiters": [person(holder, run_key) for holder in primitive.waiters[:PEOPLE_SHOWN]],
        "more_waiters": max(0, len(primitive.waiters) - PEOPLE_SHOWN),
        "dead": any(not holder.alive for holder in primitive.holders),
    }


def person(holder: Holder, run_key: str) -> Line:
    """A thread that holds or waits."""
    return {
        "pid": holder.pid,
        "name": holder.name,
        "what": holder.what,
        "since": iso(holder.since_us) if holder.since_us else None,
        "site": holder.site,
        "place": short_site(holder.site),
        "alive": holder.alive,
        "href": f"/runs/{run_key}#{process_key(holder.process_id)}",
    }


def short_site(site: str | None) -> str | None:
    """'/a/b/job.py:12 in main' as 'job.py:12 in main'; the mark of an uncertain one stays."""
    if site is None:
        return None
    mark, path = ("~", site[1:]) if site.startswith("~") else ("", site)
    return mark + os.path.basename(path)


def _ends(ends: tuple[End, ...], run_key: str) -> list[Line]:
    most = sorted(ends, key=lambda end: (-end.items, end.process_id))[:ENDS_SHOWN]
    return [
        {
            "pid": end.pid,
            "name": end.name,
            "items": end.items,
            "bytes": end.bytes,
            "href": f"/runs/{run_key}#{process_key(end.process_id)}",
        }
        for end in most
    ]


def depth_series(series: ChannelSeries | None) -> Line:
    """`depth_series` of a channel's line."""
    return points(series.t, series.depth, DEPTH_POINTS) if series else {"t": [], "values": []}
