"""The run's charts and sparklines: read once from the samples, then grown by a point a second from the rows at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from procscope.dashboard.builders.reading import now_us
from procscope.dashboard.presenters.charts import OTHERS, Chart, Value, chart, extended, leaders, summed
from procscope.dashboard.presenters.nodes import process_key
from procscope.dashboard.presenters.pool_lines import pool_title
from procscope.dashboard.presenters.run_lines import points
from procscope.dashboard.presenters.running_lines import visible_cpu, visible_rss
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import HostSeries, Pool, Process, ProcessSeries, Run

POINTS = 300
SAMPLES_READ = 40_000
SPARK_POINTS = 60
SPARK_ROOM = 24_000
"""Sparkline points in one model at most: a thousand workers get 24 each."""
_LINGER_S = 5
_SERIES_AGE_S = 5


class RunCharts:
    """Charts of one run. A finished run is drawn whole, a live one by its last minutes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._run: Run | None = None
        self._charts: dict[str, Chart] = {}
        self._lines: dict[int, str] = {}
        self._series: dict[int, ProcessSeries] = {}
        self._read_s = 0
        self._processes: Mapping[int, Process] = {}

    def at(self, run: Run, processes: Mapping[int, Process], pools: Mapping[int, Pool], now: int) -> dict[str, Chart]:
        """The charts as of `now` (µs): equal objects where nothing was added."""
        self._run, self._processes = run, processes
        if not self._charts:
            self._read_samples(now)
            self._begin(run, processes, pools, now)
        elif run.live:
            self._grow(processes, pools, now // 1_000_000)
        return self._charts

    def sparklines(self, wanted: set[str]) -> dict[str, dict[str, Any]]:
        """Node id → its series, of those `wanted`, for a viewer that has none yet."""
        if self._run is None:
            return {}
        self._read_samples(now_us())
        most = max(10, min(SPARK_POINTS, SPARK_ROOM // max(1, len(self._series))))
        found = {process_key(number): series for number, series in self._series.items()}
        return {key: _sparks(series, most) for key, series in found.items() if key in wanted}

    def _read_samples(self, now: int) -> None:
        """Read the samples unless those read last are a few seconds old at most; a thousand workers have many."""
        run = self._run
        assert run is not None
        if self._read_s and (not run.live or now // 1_000_000 - self._read_s < _SERIES_AGE_S):
            return
        since, step = window(run, sum(1 for p in self._processes.values() if p.alive or not run.live), now)
        self._series = self._store.process_series(run.id, since, step=step)
        self._read_s = now // 1_000_000

    def _begin(self, run: Run, processes: Mapping[int, Process], pools: Mapping[int, Pool], now: int) -> None:
        since, step = window(run, 1, now)
        weights = {number: float(max((r or 0 for r in s.rss), default=0)) for number, s in self._series.items()}
        own = leaders(weights)
        self._lines = {n: _label(processes.get(n)) if n in own else OTHERS for n in weights}
        depth = self._store.pool_series(list(pools), since, step=step)
        self._charts = {
            "depth": chart(summed((pool_title(pools[n]), s.t, s.depth) for n, s in depth.items())),
            "cpu": chart(summed((self._lines[n], s.t, s.cpu) for n, s in self._series.items())),
            "memory": chart(
                summed((self._lines[n], s.t, s.rss) for n, s in self._series.items()),
                _memory_limit(self._store.host_series(since, step=step), run.host),
            ),
        }

    def _grow(self, processes: Mapping[int, Process], pools: Mapping[int, Pool], second: int) -> None:
        alive = [process for process in processes.values() if process.alive]
        cpu: dict[str, Value] = defaultdict(float)
        rss: dict[str, Value] = defaultdict(float)
        for process in alive:
            name = self._line(process)
            cpu[name] = (cpu[name] or 0) + (process.cpu or 0)
            rss[name] = (rss[name] or 0) + (process.rss or 0)
        depth: dict[str, Value] = defaultdict(float)
        for pool in pools.values():
            depth[pool_title(pool)] = (depth[pool_title(pool)] or 0) + pool.counts.pending
        grown = {"depth": depth, "cpu": _rounded(cpu), "memory": rss}
        made = {name: extended(self._charts[name], second, values) for name, values in grown.items()}
        if any(made[name] is not self._charts[name] for name in made):
            self._charts = made

    def _line(self, process: Process) -> str:
        """The line a process is drawn in; a newcomer gets its own while there are few."""
        if process.id not in self._lines:
            full = len(set(self._lines.values())) >= 11
            self._lines[process.id] = OTHERS if full else _label(process)
        return self._lines[process.id]


def window(run: Run, processes: int, now: int) -> tuple[int, int]:
    """(since in seconds, seconds between samples): all of an ended run, the last minutes of a live one."""
    started = (run.started_us or now) // 1_000_000
    if run.live or run.finished_us is None:
        seconds = max(30, min(POINTS, SAMPLES_READ // max(1, processes)))
        return max(started, now // 1_000_000 - seconds), 1
    length = max(1, run.finished_us // 1_000_000 - started)
    most = max(30, min(POINTS, SAMPLES_READ // max(1, processes)))
    return started - _LINGER_S, max(1, -(-length // most))


def _label(process: Process | None) -> str:
    return OTHERS if process is None else str(process.pid)


def _rounded(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: None if value is None else round(value, 1) for name, value in values.items()}


def _memory_limit(hosts: Iterable[HostSeries], host: str | None) -> int | None:
    for found in hosts:
        if found.host == host:
            return found.memory_limit or found.memory_total
    return None


def _sparks(series: ProcessSeries, most: int) -> dict[str, Any]:
    cpu = [visible_cpu(value) for value in series.cpu[-most:]]
    rss = [visible_rss(value) for value in series.rss[-most:]]
    return {"cpu_series": points(series.t, cpu, most), "rss_series": points(series.t, rss, most)}
