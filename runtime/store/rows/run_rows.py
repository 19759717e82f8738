"""Runs and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counts:
    """Tasks by state."""

    pending: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0

    @property
    def ended(self) -> int:
        """Those that will not change any more."""
        return self.succeeded + self.failed + self.cancelled + self.lost

    @property
    def done(self) -> int:
        """Those that somebody has run to their end."""
        return self.succeeded + self.failed

    @property
    def total(self) -> int:
        """All of them."""
        return self.pending + self.running + self.ended


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a program. `state` is running, finished, failed or killed; a signal's exit code is negative."""

    id: int
    key: str
    name: str
    argv: tuple[str, ...]
    cwd: str | None
    host: str | None
    user: str | None
    python: str | None
    start_method: str | None
    state: str
    exit_code: int | None
    started_us: int
    finished_us: int | None
    counts: Counts
    workers: int
    dropped: int
    notes: tuple[str, ...]
    rev: int

    @property
    def live(self) -> bool:
        """Whether it still runs, as far as is known."""
        return self.state == "running"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run. `current_*` is what it does now, or did when it died (its black box)."""

    id: int
    run_id: int
    uid: int
    parent_id: int | None
    pool_id: int | None
    pid: int
    kind: str
    name: str | None
    daemon: bool | None
    target: str | None
    args: str | None
    start_method: str | None
    python: str | None
    state: str
    exit_code: int | None
    signal: int | None
    reason: str | None
    started_us: int | None
    ended_us: int | None
    tasks_done: int
    current_task: int | None
    current_func_id: int | None
    current_index: int | None
    current_since_us: int | None
    current_args: str | None
    cpu: float | None
    rss: int | None
    uss: int | None
    threads: int | None
    fds: int | None
    os_state: str | None
    rev: int
    unobserved: str | None = None
    """What procscope does not see of it, in words."""
    orphaned_us: int | None = None
    """When its parent ended while it lived on."""
    zombie_us: int | None = None
    """Since when it has been dead without its parent asking for its exit code."""
    current_func: str | None = None

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self.state in ("starting", "running")

    @property
    def tasks_ended(self) -> int | None:
        """How many tasks ended in it; None where its tasks are not observed."""
        return self.tasks_done if self.tasks_done or not self.unobserved else None


@dataclass(frozen=True, slots=True)
class Pool:
    """A Pool or Executor. `progress_us` is when a task of it last ended."""

    id: int
    run_id: int
    uid: int
    process_id: int | None
    kind: str
    name: str | None
    size: int | None
    start_method: str | None
    max_tasks: int | None
    initializer: str | None
    site: str | None
    state: str
    reason: str | None
    opened_us: int
    closed_us: int | None
    counts: Counts
    workers_started: int
    progress_us: int | None
    rev: int
    run_key: str
    unobserved: str | None = None
    """What procscope does not see of it, in words."""
    retired: Mapping[str, int] = field(default_factory=dict)
    """How many of its workers are gone, by why: `procscope.runtime.diagnosis.turnover` has the words."""
    initializer_error: str | None = None
    """What its initializer raised last, as type: message."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One map, starmap, imap or Executor.map call. `total` is None while unknown; `folded` items have no row."""

    id: int
    run_id: int
    pool_id: int
    number: int
    func_id: int | None
    method: str | None
    total: int | None
    chunksize: int | None
    submitted_us: int
    finished_us: int | None
    running: int
    succeeded: int
    failed: int
    cancelled: int
    lost: int
    folded: int
    busy_us: int
    rev: int
    func: str | None = None

    @property
    def ended(self) -> int:
        """Items that will not change any more."""
        return self.succeeded + self.failed + self.cancelled + self.lost

    @property
    def progress(self) -> float | None:
        """0 to 1, None while the total is unknown."""
        return min(1.0, self.ended / self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Drops:
    """Facts that one process could not write, by reason."""

    process_id: int
    pid: int | None
    reason: str
    n: int
    first_us: int | None
    last_us: int | None


@dataclass(frozen=True, slots=True)
class Collector:
    """Who fills the database from one spool, and when it last said so."""

    host: str
    spool: str
    pid: int | None
    started_us: int | None
    seen_us: int | None
