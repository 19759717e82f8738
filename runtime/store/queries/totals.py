"""The number cards: live runs, workers, throughput, failures, waiting tasks and memory, now and over a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from procscope.runtime import clock
from procscope.runtime.store.queries.present import PresentQueries
from procscope.runtime.store.rows import Pool, Totals

_POINTS = 60
_MANY_WORKERS = 200
_FAILED = """SELECT minute, sum(n) FROM task_rollups WHERE minute >= :minute AND state IN (3, 5) GROUP BY minute"""
_WORKERS = """SELECT count(*), coalesce(sum(CASE WHEN p.kind = 'worker' THEN 1 ELSE 0 END), 0), coalesce(sum(p.rss), 0)
 FROM runs r CROSS JOIN processes p WHERE r.state = 'running' AND p.run_id = r.id AND p.state = 'running'"""
_MEMORY = """SELECT s.at_s - s.at_s % :step, sum(s.rss) FROM runs r CROSS JOIN processes p CROSS JOIN samples s
 WHERE r.state = 'running' AND p.run_id = r.id AND p.state = 'running' AND s.process_id = p.id AND s.step IN (1, 10, 60)
 AND s.at_s >= :since AND s.at_s % :step = 0 GROUP BY 1"""
_POOLS = """SELECT pool_id, at_s - at_s % :step AS bin, max(depth), max(running), max(done), max(failed)
 FROM pool_samples WHERE pool_id IN :ids AND step IN (1, 10, 60) AND at_s >= :since GROUP BY pool_id, bin
 ORDER BY pool_id, bin"""


class TotalsQueries(PresentQueries):
    """One answer for all cards."""

    def totals(self, window_s: int = 300, *, now_us: int | None = None) -> Totals:
        """The cards' numbers over the last `window_s` seconds, all of one instant."""
        now = now_us if now_us is not None else clock.wall_ns() // 1000
        step = max(1, window_s // _POINTS)
        since = now // 1_000_000 - window_s
        with self.snapshot():
            pools = self.pools(live_only=True)
            workers = self._one(_WORKERS)
            bins = _Bins(since, now // 1_000_000, step)
            self._add_pools(bins, pools)
            self._add_failed(bins)
            self._add_memory(bins, workers[0])
            hosts = self.host_series(since, step=step)
            pace = self._pace([pool.id for pool in pools], now // 1_000_000 - min(window_s, 60))
            live = self._one("SELECT count(*) FROM runs WHERE state = 'running'")[0]
        host = hosts[0] if hosts else None
        return Totals(
            live_runs=live, live_workers=workers[1], busy=sum(pool.counts.running for pool in pools),
            size=sum(pool.size or 0 for pool in pools), waiting=sum(pool.counts.pending for pool in pools),
            per_s=sum(pace.values()), failed=sum(bins.failed.values()), rss=int(workers[2]),
            memory_used=host.memory_used[-1] if host else None, memory_total=host.memory_total if host else None,
            memory_limit=host.memory_limit if host else None, step_s=step, t=bins.t, busy_series=bins.of(bins.busy),
            waiting_series=bins.of(bins.waiting), per_s_series=[n / step for n in bins.of(bins.done)],
            failed_series=bins.of(bins.failed), memory_series=bins.of(bins.memory),
        )  # fmt: skip

    def live_workers(self) -> int:
        """Workers of live runs that have not ended."""
        return int(self._one(_WORKERS)[1])

    def _add_pools(self, bins: _Bins, pools: Sequence[Pool]) -> None:
        if not pools:
            return
        last: Any = None
        rows = self._rows(_POOLS, ids=[pool.id for pool in pools], since=bins.since, step=bins.step)
        for row in rows:
            pool, at, depth, running, done, _ = row
            bins.waiting[at] += depth or 0
            bins.busy[at] += running or 0
            if last is not None and last[0] == pool:
                bins.done[at] += max(0, (done or 0) - (last[4] or 0))
            last = row

    def _add_failed(self, bins: _Bins) -> None:
        for minute, n in self._rows(_FAILED, minute=bins.since // 60):
            at = max(bins.t[0], min(bins.t[-1], minute * 60 - minute * 60 % bins.step)) if bins.t else 0
            bins.failed[at] += int(n)

    def _add_memory(self, bins: _Bins, workers: int) -> None:
        # A thousand workers' samples of each step would be read for one small line: fewer points tell as much.
        wide = bins.step * (1 if workers <= _MANY_WORKERS else 6)
        known = {at: int(rss or 0) for at, rss in self._rows(_MEMORY, since=bins.since, step=wide)}
        value = 0
        for at in bins.t:
            value = known.get(at, value)
            bins.memory[at] = value


class _Bins:
    """Sums by instant, of `step` seconds each from `since` to `now`."""

    def __init__(self, since: int, now: int, step: int) -> None:
        self.since, self.step = since, step
        self.t = list(range(since - since % step + step, now - now % step + 1, step))
        self.busy: dict[int, int] = defaultdict(int)
        self.waiting: dict[int, int] = defaultdict(int)
        self.done: dict[int, int] = defaultdict(int)
        self.failed: dict[int, int] = defaultdict(int)
        self.memory: dict[int, int] = defaultdict(int)

    def of(self, sums: dict[int, int]) -> list[int]:
        return [sums.get(at, 0) for at in self.t]
