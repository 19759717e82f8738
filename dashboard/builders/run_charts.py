"""The run's charts: read once from the samples, then grown by a point a second from the rows at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from procscope.dashboard.presenters.charts import LINES, OTHERS, Chart, Column, Value, chart, extended, leaders, summed
from procscope.dashboard.presenters.pool_lines import pool_title
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import HostSeries, Pool, Process, ProcessSeries, Run

POINTS = 300
_LINGER_S = 5


class RunCharts:
    """Charts of one run. A finished run is drawn whole, a live one by its last minutes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._charts: dict[str, Chart] = {}
        self._lines: dict[int, str] = {}

    def at(self, run: Run, processes: Mapping[int, Process], pools: Mapping[int, Pool], now: int) -> dict[str, Chart]:
        """The charts as of `now` (µs): equal objects where nothing was added."""
        if not self._charts:
            self._begin(run, processes, pools, now)
        elif run.live:
            self._grow(processes, pools, now // 1_000_000)
        return self._charts

    def _begin(self, run: Run, processes: Mapping[int, Process], pools: Mapping[int, Pool], now: int) -> None:
        since, step = window(run, now)
        self._lines = lines(processes, since)
        own = [number for number, name in self._lines.items() if name != OTHERS]
        series = self._store.process_series(run.id, since, step=step, process_ids=own) if own else {}
        rest = len(own) < len(self._lines)
        every = self._store.process_sums(run.id, since, step=step) if rest else None
        depth = self._store.pool_series(list(pools), since, step=step)
        limit = _memory_limit(self._store.host_series(since, step=step), run.host)
        self._charts = {
            "depth": chart(summed((pool_title(pools[n]), s.t, s.depth) for n, s in depth.items())),
            "cpu": chart(self._columns(series, every, "cpu")),
            "memory": chart(self._columns(series, every, "rss"), limit),
        }

    def _columns(
        self, series: Mapping[int, ProcessSeries], every: ProcessSeries | None, what: str
    ) -> dict[str, Column]:
        """A line each for the leaders; the others are what the sum of all leaves."""
        found = summed((self._lines[n], s.t, getattr(s, what)) for n, s in series.items())
        if every is not None:
            total = dict(zip(every.t, getattr(every, what), strict=True))
            found[OTHERS] = {t: _rest(value, t, found.values()) for t, value in total.items() if value is not None}
        return found

    def _grow(self, processes: Mapping[int, Process], pools: Mapping[int, Pool], second: int) -> None:
        cpu: dict[str, Value] = defaultdict(float)
        rss: dict[str, Value] = defaultdict(float)
        depth: dict[str, Value] = defaultdict(float)
        for process in processes.values():
            if process.alive:
                name = self._line(process)
                cpu[name] = round((cpu[name] or 0) + (process.cpu or 0), 1)
                rss[name] = (rss[name] or 0) + (process.rss or 0)
        for pool in pools.values():
            depth[pool_title(pool)] = (depth[pool_title(pool)] or 0) + pool.counts.pending
        grown = {"depth": depth, "cpu": cpu, "memory": rss}
        made = {name: extended(self._charts[name], second, values) for name, values in grown.items()}
        if any(made[name] is not self._charts[name] for name in made):
            self._charts = made

    def _line(self, process: Process) -> str:
        """The line a process is drawn in; a newcomer gets its own while there are few."""
        if process.id not in self._lines:
            full = len(set(self._lines.values())) >= LINES - 1
            self._lines[process.id] = OTHERS if full else str(process.pid)
        return self._lines[process.id]


def lines(processes: Mapping[int, Process], since_s: int) -> dict[int, str]:
    """Process id → its line's name, of all that lived at `since_s` or later."""
    seen = {n: p for n, p in processes.items() if p.ended_us is None or p.ended_us >= since_s * 1_000_000}
    own = leaders({number: float(process.rss or 0) for number, process in seen.items()})
    return {number: str(process.pid) if number in own else OTHERS for number, process in seen.items()}


def window(run: Run, now: int) -> tuple[int, int]:
    """(since in seconds, seconds between samples): all of an ended run, the last minutes of a live one."""
    started = (run.started_us or now) // 1_000_000
    if run.live or run.finished_us is None:
        return max(started, now // 1_000_000 - window_s(run)), 1
    length = max(1, run.finished_us // 1_000_000 - started)
    return started - _LINGER_S, max(1, -(-length // POINTS))


def window_s(run: Run) -> int:
    """How much of a live run is drawn: less of one with many workers, whose samples cost more to read."""
    return max(60, min(POINTS, 30_000 // max(1, run.workers)))


def _rest(total: float, t: int, columns: Iterable[Column]) -> float:
    return max(0.0, round(total - sum(column.get(t) or 0 for column in columns), 1))


def _memory_limit(hosts: Iterable[HostSeries], host: str | None) -> int | None:
    for found in hosts:
        if found.host == host:
            return found.memory_limit or found.memory_total
    return None
