"""Builds the run page's model: whole the first time, afterwards from the rows that changed."""

from __future__ import annotations

from procscope.dashboard.builders.reading import Kept, heading, now_us
from procscope.dashboard.builders.run_charts import RunCharts
from procscope.dashboard.builders.run_nodes import RunNodes
from procscope.dashboard.builders.sparklines import sparklines
from procscope.dashboard.builders.wrongs import Wrongs
from procscope.dashboard.delta import Model
from procscope.dashboard.presenters.load_lines import load_lines
from procscope.dashboard.presenters.run_lines import run_head
from procscope.dashboard.presenters.task_lines import failure_line
from procscope.runtime.diagnosis.speedup import Speedup, judged
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Drops, Failure, PoolRate, Quantiles, Run, RunProgress

FAILURES_SHOWN = 100
_RATES_FOR = 1.0
_USUAL_FOR = 10.0
_LOADS_FOR = 2.0


class RunBuilder:
    """Models of one run; `params` holds its `key`."""

    def __init__(self, store: Store, settings: Settings, params: dict[str, str]) -> None:
        self._store = store
        self._settings = settings
        self._key = params["key"]
        self._nodes = RunNodes(settings.task_limit)
        self._charts = RunCharts(store)
        self._wrongs = Wrongs(store, settings)
        self._rev: int | None = None
        self._drops: Kept[list[Drops]] = Kept(60)
        self._failures: Kept[list[Failure]] = Kept(60)
        self._rates: Kept[dict[int, PoolRate]] = Kept(_RATES_FOR)
        self._progress: Kept[RunProgress | None] = Kept(_RATES_FOR)
        self._usual: Kept[dict[int, Quantiles]] = Kept(_USUAL_FOR)
        self._loads: Kept[list[Speedup | None]] = Kept(_LOADS_FOR)

    def build(self, rev: int) -> Model:
        """The snapshot at `rev`. Raises NotFoundError once the run was pruned."""
        now = now_us()
        with self._store.snapshot():
            run = self._store.run(self._key)
            self._update_nodes(run, now)
            self._rev = rev
            drops = self._drops.get(run.dropped, lambda: self._store.drops(run.id))
            lost = (run.counts.failed, run.counts.lost, rev if run.live else None)
            failures = self._failures.get(lost, lambda: self._store.failures(run.id, FAILURES_SHOWN))
            incidents = self._wrongs.lines(run.key, now)
            loads = self._loads.get(run.live, lambda: [judged(load) for load in self._store.loads(run.id)])
            progress = self._progress.get(run.live, lambda: self._store.run_progress([run], now_us=now).get(run.id))
            head = heading(self._store, self._settings, "run", rev, int(run.live), now)
            charts = self._charts.at(run, self._nodes.processes, self._nodes.pools, now)
        return {
            **head,
            "run": run_head(run, progress, drops),
            "incidents": incidents,
            "nodes": self._nodes.elements(),
            "failures": [failure_line(failure) for failure in failures],
            "charts": charts,
            "loads": load_lines(loads),
        }

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """`snapshot` with the sparklines of its processes, or of the first `most` nodes."""
        nodes = snapshot["nodes"]
        wanted = [int(node["id"][1:]) for node in nodes[:most] if node["id"][0] == "p"]
        series = sparklines(self._store, self._store.run(self._key), wanted, now_us())
        return {**snapshot, "nodes": [{**node, **series.get(node["id"], {})} for node in nodes]}

    def _update_nodes(self, run: Run, now: int) -> None:
        nodes = self._nodes
        nodes.add(run.key, self._store.processes(run.id, self._rev), self._store.pools(run.id, self._rev))
        busy = [pool for pool in nodes.pools.values() if run.live and pool.closed_us is None]
        rates = self._rates.get([p.id for p in busy], lambda: self._store.pool_rates(busy, now_us=now))
        funcs = sorted(nodes.busy_functions())
        usual = self._usual.get(funcs, lambda: self._store.usual(funcs, now))
        nodes.refresh(rates, usual, self._store.as_of(now))
