"""Tasks, what runs now, and the durations they are measured by."""

from __future__ import annotations

from dataclasses import dataclass, field

from procscope.runtime.events import Raised, State
from procscope.runtime.store.rows.failure_rows import Failure, raised_from_json
from procscope.runtime.store.rows.log_rows import LogLine
from procscope.runtime.store.rows.run_rows import Batch, Pool, Process, Run
from procscope.runtime.store.rows.series import ProcessSeries

_US = 1_000_000


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
    arrived_us: int | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    progress_done: int | None = None
    progress_total: int | None = None
    progress_text: str | None = None

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
    def transfer_s(self) -> float | None:
        """Seconds from its end in the worker until its parent had the result; None for threads, and until then."""
        return _between(self.finished_us, self.arrived_us)

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
    progress_done: int | None = None
    progress_total: int | None = None
    progress_text: str | None = None


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
    logs: list[LogLine] = field(default_factory=list)
