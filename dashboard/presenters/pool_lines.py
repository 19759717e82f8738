"""A Pool or Executor as one line."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.presenters.run_lines import points, rounded, significant
from procscope.runtime.store.rows import Pool, PoolRate, PoolSeries

SERIES_POINTS = 60


def pool_title(pool: Pool) -> str:
    """Its name, or else its kind and where it was made."""
    if pool.name:
        return pool.name
    site = (pool.site or "").rpartition("/")[2]
    return f"{pool.kind} at {site}" if site else pool.kind


def pool_state(pool: Pool, rate: PoolRate | None) -> dict[str, Any]:
    """The figures of a pool: what the overview's line and the run's tree share."""
    return {
        "size": pool.size,
        "busy": pool.counts.running,
        "depth": pool.counts.pending,
        "progress": rounded(rate.progress, 3) if rate else None,
        "eta_s": rounded(rate.eta_s, 0) if rate else None,
        "per_s": significant(rate.per_s) if rate else None,
        "p95_s": _seconds(rate.quantiles.p95_us) if rate and rate.quantiles else None,
    }


def pool_line(pool: Pool, rate: PoolRate | None, at: int | None) -> dict[str, Any]:
    """The element of overview.pools; `at` is when a figure of it last moved (s)."""
    return {
        "id": str(pool.id),
        "name": pool_title(pool),
        "kind": pool.kind,
        "run": pool.run_key,
        **pool_state(pool, rate),
        "state": pool.state,
        "reason": pool.reason,
        "at": at,
        "depth_series": None,
        "href": f"/runs/{pool.run_key}#q{pool.id}",
    }


def depth_series(series: PoolSeries | None) -> dict[str, Any] | None:
    """Waiting tasks over time."""
    return None if series is None else points(series.t, series.depth, SERIES_POINTS)


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / 1e6
