"""The sparklines of a run's processes: read for whoever comes, for the nodes they see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from procscope.dashboard.builders.run_charts import window
from procscope.dashboard.presenters.nodes import process_key
from procscope.dashboard.presenters.run_lines import points
from procscope.dashboard.presenters.running_lines import visible_cpu, visible_rss
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import ProcessSeries, Run

MOST_POINTS = 60
ROOM = 24_000
"""Points in one model at most: a thousand workers get 24 each."""


def sparklines(store: Store, run: Run, process_ids: Iterable[int], now: int) -> dict[str, dict[str, Any]]:
    """Node id → its cpu_series and rss_series."""
    wanted = list(process_ids)
    most = max(10, min(MOST_POINTS, ROOM // max(1, len(wanted))))
    since, step = window(run, now)
    if run.live:
        since = max(since, now // 1_000_000 - most)
    series = store.process_series(run.id, since, step=step, process_ids=wanted) if wanted else {}
    return {process_key(number): _drawn(found, most) for number, found in series.items()}


def _drawn(series: ProcessSeries, most: int) -> dict[str, Any]:
    cpu = [visible_cpu(value) for value in series.cpu[-most:]]
    rss = [visible_rss(value) for value in series.rss[-most:]]
    return {"cpu_series": points(series.t, cpu, most), "rss_series": points(series.t, rss, most)}
