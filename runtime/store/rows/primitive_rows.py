"""What processes share: locks, queues, pipes, shared memory, proxies, and who is at them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """A thread that holds a primitive (`what` is 'holds') or waits for it (acquire, get, put, recv, wait, join, …).

    `site` is 'file:line in function' of the acquire, or of the call it is blocked in; a leading '~' says that it is
    the latest one known and perhaps not this one. `alive` is false for what a dead process still holds.
    """

    process_id: int
    pid: int
    name: str | None
    thread: int
    what: str
    since_us: int
    site: str | None
    alive: bool


@dataclass(frozen=True, slots=True)
class End:
    """A process at one end of a channel, with what it put in or took out so far."""

    process_id: int
    pid: int
    name: str | None
    items: int
    bytes: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Edge:
    """Items that went from one process to another through a channel, as far as its ends tell."""

    from_process: int
    to_process: int
    primitive_id: int
    items: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Primitive:
    """One primitive with the sums over all its processes. None is 'not known' or 'not of this kind', never 0."""

    id: int
    run_id: int
    uid: int
    kind: str
    name: str | None
    site: str | None
    owner_uid: int | None
    role: str | None
    pid: int | None  # who made it
    process_id: int | None
    created_us: int | None
    size: int | None
    state: str
    depth: int | None
    unfinished: int | None
    acquired: int
    released: int
    contended: int
    items_in: int
    items_out: int
    bytes_in: int
    bytes_out: int
    calls: int
    wait_s: float
    blocked_s: float
    hold_s: float
    wait_p50_s: float | None
    wait_p95_s: float | None
    hold_p50_s: float | None
    hold_p95_s: float | None
    holders: tuple[Holder, ...] = ()
    waiters: tuple[Holder, ...] = ()
    producers: tuple[End, ...] = ()
    consumers: tuple[End, ...] = ()
    attached: tuple[int, ...] = ()
    """pids of the processes that used it at all."""
