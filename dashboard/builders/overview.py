"""Builds the overview."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.builders.reading import Kept, heading, now_us
from procscope.dashboard.delta import Model
from procscope.dashboard.presenters.overview import Facts, overview
from procscope.dashboard.presenters.pool_lines import depth_series
from procscope.runtime.diagnosis.incidents import Incident
from procscope.runtime.diagnosis.rules import diagnose
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Pool, PoolRate, PoolSeries

RUNS_SHOWN = 20
POOLS_SHOWN = 50
RUNNING_SHOWN = 50
INCIDENTS_SHOWN = 50
WINDOW_S = 300
SERIES_S = 60
_RATES_FOR = 1.0
_INCIDENTS_FOR = 0.5


class OverviewBuilder:
    """Models of the overview; it has no parameters."""

    def __init__(self, store: Store, settings: Settings, params: dict[str, str]) -> None:
        self._store = store
        self._settings = settings
        self._rates: Kept[dict[int, PoolRate]] = Kept(_RATES_FOR)
        self._incidents: Kept[list[Incident]] = Kept(_INCIDENTS_FOR)
        self._depths: dict[int, tuple[int, int]] = {}

    def build(self, rev: int) -> Model:
        """The snapshot at `rev`."""
        now = now_us()
        store = self._store
        with store.snapshot():
            runs = store.runs(RUNS_SHOWN)
            pools = store.pools(live_only=True)[-POOLS_SHOWN:]
            numbers = [pool.id for pool in pools]
            facts = Facts(
                now_us=now,
                as_of_us=store.as_of(now),
                rev=rev,
                status=heading(store, self._settings, "overview", rev, sum(run.live for run in runs), now),
                incidents=self._incidents.get(None, lambda: self._diagnose(now))[:INCIDENTS_SHOWN],
                runs=runs,
                progress=store.run_progress([run for run in runs if run.live], now_us=now),
                totals=store.totals(WINDOW_S, now_us=now),
                pools=pools,
                rates=self._rates.get(numbers, lambda: store.pool_rates(pools, now_us=now)),
                pool_times=self._pool_times(pools, now // 1_000_000),
                running=store.running(RUNNING_SHOWN, now_us=now),
                task_limit=self._settings.task_limit,
            )
        return overview(facts)

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """`snapshot` with the depth of each pool over the last minute."""
        since = now_us() // 1_000_000 - SERIES_S
        series = self._store.pool_series([int(line["id"]) for line in snapshot["pools"]], since)
        return {**snapshot, "pools": [_drawn(line, series.get(int(line["id"]))) for line in snapshot["pools"]]}

    def _diagnose(self, now: int) -> list[Incident]:
        return diagnose(self._store.facts(now_us=now), task_limit_s=self._settings.task_limit)

    def _pool_times(self, pools: list[Pool], second: int) -> dict[int, int]:
        """When each pool's depth last moved: viewers add a point then, and only then."""
        held = self._depths
        self._depths = {
            pool.id: held[pool.id]
            if held.get(pool.id, (None,))[0] == pool.counts.pending
            else (pool.counts.pending, second)
            for pool in pools
        }
        return {number: second for number, (_, second) in self._depths.items()}


def _drawn(line: dict[str, Any], series: PoolSeries | None) -> dict[str, Any]:
    return {**line, "depth_series": depth_series(series)}
