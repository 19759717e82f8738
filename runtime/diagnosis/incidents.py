"""An incident: one thing that is wrong, in words, since when, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad: CRITICAL will not get better of itself."""

    CRITICAL = 0
    WARNING = 1


@dataclass(frozen=True, slots=True)
class Incident:
    """`id` is the same as long as it is the same incident. It points at a run and, where one is to blame, at a task,
    a process (with its pid), a pool or `primitives` (ids)."""

    id: str
    level: Level
    text: str
    since_us: int
    run: str
    task_id: int | None = None
    process_id: int | None = None
    pid: int | None = None
    pool_id: int | None = None
    primitives: tuple[int, ...] = ()
