"""The overview: what is wrong, how much goes on, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from procscope.dashboard.presenters.incidents import incident_line
from procscope.dashboard.presenters.pool_lines import pool_line
from procscope.dashboard.presenters.run_lines import points, run_line, significant
from procscope.dashboard.presenters.running_lines import running_line
from procscope.dashboard.words import iso
from procscope.runtime.diagnosis.incidents import Incident
from procscope.runtime.store.rows import Pool, PoolRate, Run, Running, RunProgress, Totals

CARD_POINTS = 60


@dataclass(frozen=True)
class Facts:
    """The rows the overview is made of, as read at `now_us`. They describe `as_of_us`: a collector may be behind."""

    now_us: int
    as_of_us: int
    rev: int
    status: Mapping[str, Any]
    incidents: Sequence[Incident]
    runs: Sequence[Run]
    progress: Mapping[int, RunProgress]
    totals: Totals
    pools: Sequence[Pool]
    rates: Mapping[int, PoolRate]
    pool_times: Mapping[int, int]
    running: Sequence[Running]
    task_limit: float


def overview(facts: Facts) -> dict[str, Any]:
    """The model of the overview, without the pools' series."""
    return {
        "view": "overview",
        "rev": facts.rev,
        "now": iso(facts.now_us),
        **facts.status,
        "incidents": [incident_line(incident) for incident in facts.incidents],
        "watching": {"runs": facts.totals.live_runs, "workers": facts.totals.live_workers},
        "cards": cards(facts.totals),
        "runs": [run_line(run, facts.progress.get(run.id)) for run in facts.runs],
        "pools": [pool_line(p, facts.rates.get(p.id), facts.pool_times.get(p.id)) for p in facts.pools],
        "running": [running_line(task, facts.as_of_us, facts.task_limit) for task in facts.running],
    }


def cards(totals: Totals) -> dict[str, Any]:
    """The five figures, each with its series. Memory is of the tightest limit known."""

    def figure(value: float | None, series: Sequence[float | None], of: float | None = None) -> dict[str, Any]:
        return {"value": value, "of": of, "series": points(totals.t, series, CARD_POINTS)}

    return {
        "busy": figure(totals.busy, totals.busy_series, totals.size),
        "throughput": figure(significant(totals.per_s), [significant(x) for x in totals.per_s_series]),
        "failed": figure(totals.failed, totals.failed_series),
        "waiting": figure(totals.waiting, totals.waiting_series),
        "memory": figure(totals.rss, totals.memory_series, totals.memory_limit or totals.memory_total),
    }
