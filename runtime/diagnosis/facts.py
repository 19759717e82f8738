"""What the rules look at: plain values, gathered by `Store.facts`. Times are µs since the epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procscope.runtime.diagnosis.sharing_facts import NOTHING_SHARED, Sharing

RECENT_US = 15 * 60 * 1_000_000
"""What happened longer ago in a run that is over is history, not trouble."""


@dataclass(frozen=True, slots=True)
class RunningTask:
    """A task that runs. `p99_us` is its function's over `observed` durations, None where there are none."""

    run: str
    pool: str | None
    pool_kind: str | None
    func: str
    func_id: int
    index: int | None
    since_us: int
    observed: int
    p99_us: int | None
    task_id: int | None
    process_id: int | None
    pid: int | None


@dataclass(frozen=True, slots=True)
class DeadProcess:
    """A process that a signal ended. `func` and `index` are what it was doing; `reason` as the collector put it."""

    run: str
    kind: str
    pool_state: str | None
    signal: int
    reason: str | None
    func: str | None
    index: int | None
    lost: int
    at_us: int
    task_id: int | None
    process_id: int
    pid: int
    pool_reason: str | None = None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one type in one function of one run since RECENT_US; `task_id` is the latest one's."""

    run: str
    run_name: str
    func: str | None
    stage: str
    type: str
    message: str
    n: int
    first_us: int
    last_us: int
    task_id: int | None


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """A pool of a live run, or one that broke lately. `worker_died` is a pid that a signal ended, if one did."""

    run: str
    pool_id: int
    name: str | None
    kind: str
    state: str
    reason: str | None
    size: int
    pending: int
    running: int
    ended: int
    lost: int
    workers_started: int
    opened_us: int
    progress_us: int | None
    closed_us: int | None
    p99_us: int | None
    worker_died: int | None
    initializer_error: str | None
    retired: Mapping[str, int]
    """How many of its workers are gone, by why: see `diagnosis.turnover`."""


@dataclass(frozen=True, slots=True)
class DropFacts:
    """Facts a run could not write, of one reason."""

    run: str
    run_name: str
    reason: str
    n: int
    first_us: int


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A run that failed or was killed lately."""

    run: str
    name: str
    state: str
    exit_code: int | None
    at_us: int


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process that lives although its parent has ended: by `parent_signal`, or with `parent_code`."""

    run: str
    process_id: int
    pid: int
    kind: str
    since_us: int
    parent_id: int
    parent_pid: int
    parent_kind: str
    parent_signal: int | None
    parent_code: int | None


@dataclass(frozen=True, slots=True)
class Zombies:
    """The `n` dead children that a live process has not asked after, the oldest since `since_us`."""

    run: str
    parent_id: int
    parent_pid: int
    parent_kind: str
    n: int
    since_us: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules know. `as_of_us` is the instant the facts describe: the collector's, when that is behind."""

    as_of_us: int
    live_runs: int
    live_workers: int
    running: tuple[RunningTask, ...] = ()
    dead: tuple[DeadProcess, ...] = ()
    failures: tuple[FailureGroup, ...] = ()
    pools: tuple[PoolFacts, ...] = ()
    drops: tuple[DropFacts, ...] = ()
    ended: tuple[EndedRun, ...] = ()
    sharing: Sharing = NOTHING_SHARED
    orphans: tuple[Orphan, ...] = ()
    zombies: tuple[Zombies, ...] = ()
