"""Samples over time, oldest first; `t` is in seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessSeries:
    """Samples of one process, oldest first; `t` in seconds since the epoch."""

    t: list[int]
    cpu: list[float | None]
    rss: list[int | None]


@dataclass(frozen=True, slots=True)
class PoolSeries:
    """Samples of one pool, oldest first; `per_s` is tasks ended a second since the point before."""

    t: list[int]
    depth: list[int]
    running: list[int]
    done: list[int]
    failed: list[int]
    per_s: list[float]


@dataclass(frozen=True, slots=True)
class ChannelSeries:
    """Samples of one queue or pipe, oldest first; items are cumulative."""

    t: list[int]
    depth: list[int | None]
    items_in: list[int]
    items_out: list[int]


@dataclass(frozen=True, slots=True)
class HostSeries:
    """Samples of one host, oldest first; `memory_limit` is the cgroup's."""

    host: str
    t: list[int]
    cpu: list[float | None]
    memory_used: list[int | None]
    memory_total: int | None
    memory_limit: int | None
    oom_kills: list[int | None]
