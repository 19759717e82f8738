"""What queries answer with: frozen values. Times are µs since the epoch (`*_us`), sizes bytes, CPU % of a core."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from procscope.runtime.events import Frame, Raised, State

_US = 1_000_000


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
    current_func: str | None = None

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self.state in ("starting", "running")


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
class Failure:
    """An exception that was recorded. `stage` is task, result, callback, process or initializer."""

    id: int
    run_id: int
    run_key: str
    task_id: int | None
    func_id: int | None
    process_id: int | None
    pid: int | None
    at_us: int
    stage: str
    type: str
    message: str
    raised_json: str = field(repr=False)
    fingerprint: str
    args: str | None
    rev: int
    func: str | None = None

    @property
    def raised(self) -> Raised:
        """The exception with its frames and causes."""
        return raised_from_json(self.raised_json, self.type, self.message)


@dataclass(frozen=True, slots=True)
class Task:
    """One task's row with the names that belong to it. `index` counts from 0 in its batch."""

    id: int
    run_id: int
    run_key: str
    pool_id: int | None
    pool: str | None
    pool_kind: str | None
    batch_id: int | None
    batch_total: int | None
    method: str | None
    index: int | None
    number: int
    func_id: int
    state_code: int
    process_id: int | None
    pid: int | None
    thread: str | None
    args: str | None
    submitted_us: int | None
    started_us: int | None
    finished_us: int | None
    duration_us: int | None
    reason: str | None
    failure_id: int | None
    error_type: str | None
    error_message: str | None
    raised_json: str | None = field(repr=False)
    rev: int
    func: str = ""

    @property
    def state(self) -> str:
        """The state's word."""
        return State(self.state_code).name.lower()

    @property
    def wait_s(self) -> float | None:
        """Seconds between submission and start."""
        return _between(self.submitted_us, self.started_us)

    @property
    def run_s(self) -> float | None:
        """Seconds it ran; None unless it started and ended."""
        if self.duration_us is not None:
            return self.duration_us / _US
        return _between(self.started_us, self.finished_us)

    @property
    def raised(self) -> Raised | None:
        """Its exception with frames and causes, if it has one."""
        if self.raised_json is None:
            return None
        return raised_from_json(self.raised_json, self.error_type or "", self.error_message or "")


def _between(start_us: int | None, end_us: int | None) -> float | None:
    return None if start_us is None or end_us is None else max(0, end_us - start_us) / _US


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Newest first. `next` is the `before` of the next page; `searched_to_us` says how far back a search got that
    stopped before the page was full."""

    rows: list[Task]
    next: int | None
    searched_to_us: int | None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of `n` durations of succeeded tasks, within the 3.2 % of `procscope.runtime.sketch`."""

    n: int
    p50_us: int
    p95_us: int
    p99_us: int


@dataclass(frozen=True, slots=True)
class Recent:
    """One of a function's recent tasks."""

    id: int
    duration_us: int
    state_code: int


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
class HostSeries:
    """Samples of one host, oldest first; `memory_limit` is the cgroup's."""

    host: str
    t: list[int]
    cpu: list[float | None]
    memory_used: list[int | None]
    memory_total: int | None
    memory_limit: int | None
    oom_kills: list[int | None]


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """Everything the Task page shows. `recent` are up to 200 tasks of this function, oldest first."""

    task: Task
    run: Run
    pool: Pool | None
    batch: Batch | None
    process: Process | None
    failure: Failure | None
    recent: list[Recent]
    quantiles: Quantiles | None
    memory: ProcessSeries


@dataclass(frozen=True, slots=True)
class Running:
    """A task that runs now. `task_id` is None for an item that has no row (yet); `of` is its batch's size."""

    task_id: int | None
    process_id: int | None
    pid: int | None
    run_id: int
    run_key: str
    pool_id: int | None
    pool: str | None
    batch_id: int | None
    index: int | None
    of: int | None
    func_id: int
    func: str
    args: str | None
    thread: str | None
    since_us: int
    cpu: float | None
    rss: int | None
    quantiles: Quantiles | None = None
    pool_kind: str | None = None


@dataclass(frozen=True, slots=True)
class PoolRate:
    """How a pool does: `per_s` over the last minute, quantiles of the last quarter of an hour, its open batches."""

    per_s: float
    quantiles: Quantiles | None
    progress: float | None
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a live run is: ended of all known tasks, and the seconds left at the last minute's pace."""

    progress: float | None
    eta_s: float | None
    per_s: float


@dataclass(frozen=True, slots=True)
class Totals:
    """The number cards: now, and as series of one point each `step_s` over the window (oldest first)."""

    live_runs: int
    live_workers: int
    busy: int
    size: int
    waiting: int
    per_s: float
    failed: int
    """Failed or lost within the window, over all runs."""
    rss: int
    memory_used: int | None
    memory_total: int | None
    memory_limit: int | None
    step_s: int
    t: list[int]
    busy_series: list[int]
    waiting_series: list[int]
    per_s_series: list[float]
    failed_series: list[int]
    memory_series: list[int]


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


def raised_from_json(stored: str, type_name: str = "", message: str = "") -> Raised:
    """`failures.raised` as a value; what cannot be read becomes an exception without frames."""
    try:
        return _raised(json.loads(stored))
    except (ValueError, TypeError, KeyError, IndexError):
        return Raised(type_name, message)


def _raised(value: list[Any]) -> Raised:
    type_name, message, frames, causes, link = value
    inner = tuple(_raised(cause) for cause in causes)
    return Raised(str(type_name), str(message), tuple(Frame(*frame) for frame in frames), inner, str(link))
