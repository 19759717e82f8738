"""Who holds and who waits, as the rules look at it; gathered by `Store.facts`. Times are µs since the epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Who:
    """A process, alive or how it ended; `pool_id` is the pool it works for."""

    process_id: int
    pid: int
    kind: str
    alive: bool
    signal: int | None = None
    ended_us: int | None = None
    pool_id: int | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A primitive. Of a part, `owner` is what it is a part of, or `pool_id` the pool that it belongs to."""

    id: int
    run: str
    kind: str
    name: str | None
    site: str | None
    state: str = "open"
    size: int | None = None
    depth: int | None = None
    unfinished: int | None = None
    role: str | None = None
    owner: Thing | None = None
    pool_id: int | None = None
    process_id: int | None = None
    pid: int | None = None
    ended_us: int | None = None
    """When the process that made it ended."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A thread that holds something (`what` is 'holds') or is blocked in `what` (events.Wait in small letters).

    One of `thing`, `pool_id` (of 'result', or 'within' if it waits in a task of that very pool) and `process_id` (of
    'process') says what it is about.
    """

    run: str
    who: Who
    thread: int
    what: str
    since_us: int
    site: str | None
    thing: Thing | None = None
    pool_id: int | None = None
    process_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """All stands of live runs that two looks agreed on, and memory that nobody unlinked."""

    stands: tuple[Stand, ...] = ()
    leaked: tuple[Thing, ...] = ()


NOTHING_SHARED = Sharing()
