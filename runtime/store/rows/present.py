"""How pools, runs and everything together do at the moment."""

from __future__ import annotations

from dataclasses import dataclass

from procscope.runtime.store.rows.task_rows import Quantiles


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
