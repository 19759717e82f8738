"""Samples over time: processes, pools, hosts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from procscope.runtime.store.queries.reading import Reader
from procscope.runtime.store.rows import ChannelSeries, HostSeries, PoolSeries, ProcessSeries

# Samples of one second are thinned in SQL; those of ten and sixty are coarse already.
_THIN = "(s.step > 1 OR s.at_s % :step = 0)"


class SeriesQueries(Reader):
    """Series begin at `since_s` (seconds since the epoch); `step` keeps one sample of each so many seconds."""

    def process_series(
        self, run_id: int, since_s: int, *, step: int = 1, process_ids: Sequence[int] | None = None
    ) -> dict[int, ProcessSeries]:
        """process id → its samples, for all processes of a run or for those named."""
        which = "p.run_id = :run" if process_ids is None else "p.id IN :ids"
        sql = f"""SELECT s.process_id, s.at_s, s.cpu, s.rss FROM processes p CROSS JOIN samples s
                  WHERE s.process_id = p.id AND s.step IN (1, 10, 60) AND s.at_s >= :since AND {_THIN}
                  AND (p.ended_us IS NULL OR p.ended_us >= :since_us) AND {which}
                  ORDER BY s.process_id, s.at_s"""
        parameters: dict[str, Any] = {"since": since_s, "since_us": since_s * 1_000_000, "step": step}
        parameters |= {"run": run_id} if process_ids is None else {"ids": list(process_ids)}
        found: dict[int, ProcessSeries] = {}
        for process, samples in groupby(self._rows(sql, **parameters), key=itemgetter(0)):
            _, at, cpu, rss = zip(*samples, strict=True)
            found[process] = ProcessSeries(list(at), list(cpu), list(rss))
        return found

    def process_sums(self, run_id: int, since_s: int, *, step: int = 1) -> ProcessSeries:
        """CPU and RSS of all processes of a run together."""
        sql = f"""SELECT s.at_s, sum(s.cpu), sum(s.rss) FROM processes p CROSS JOIN samples s
                  WHERE s.process_id = p.id AND s.step IN (1, 10, 60) AND s.at_s >= :since AND {_THIN}
                  AND (p.ended_us IS NULL OR p.ended_us >= :since_us) AND p.run_id = :run
                  GROUP BY s.at_s ORDER BY s.at_s"""
        rows = self._rows(sql, run=run_id, since=since_s, since_us=since_s * 1_000_000, step=step)
        return ProcessSeries([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])

    def pool_series(self, pool_ids: Sequence[int], since_s: int, *, step: int = 1) -> dict[int, PoolSeries]:
        """pool id → its samples."""
        if not pool_ids:
            return {}
        sql = f"""SELECT s.pool_id, s.at_s, s.depth, s.running, s.done, s.failed FROM pool_samples s
                  WHERE s.pool_id IN :ids AND s.step IN (1, 10, 60) AND s.at_s >= :since AND {_THIN}
                  ORDER BY s.pool_id, s.at_s"""
        rows: dict[int, list[Any]] = defaultdict(list)
        for row in self._rows(sql, ids=list(pool_ids), since=since_s, step=step):
            rows[row[0]].append(row)
        return {pool: _pool_series(samples) for pool, samples in rows.items()}

    def channel_series(self, primitive_ids: Sequence[int], since_s: int, *, step: int = 1) -> dict[int, ChannelSeries]:
        """primitive id → its samples."""
        if not primitive_ids:
            return {}
        sql = f"""SELECT s.primitive_id, s.at_s, s.depth, s.items_in, s.items_out FROM channel_samples s
                  WHERE s.primitive_id IN :ids AND s.step IN (1, 10, 60) AND s.at_s >= :since AND {_THIN}
                  ORDER BY s.primitive_id, s.at_s"""
        found: dict[int, ChannelSeries] = {}
        rows = self._rows(sql, ids=list(primitive_ids), since=since_s, step=step)
        for primitive, samples in groupby(rows, key=itemgetter(0)):
            _, at, depth, items_in, items_out = (list(column) for column in zip(*samples, strict=True))
            found[primitive] = ChannelSeries(at, depth, items_in, items_out)
        return found

    def host_series(self, since_s: int, *, step: int = 1) -> list[HostSeries]:
        """Each host's samples; totals and limits are the latest known."""
        sql = f"""SELECT s.host, s.at_s, s.cpu, s.memory_used, s.oom_kills, s.memory_total, s.memory_limit
                  FROM (SELECT DISTINCT host FROM collectors) c CROSS JOIN host_samples s
                  WHERE s.host = c.host AND s.step IN (1, 10, 60) AND s.at_s >= :since AND {_THIN}
                  ORDER BY s.host, s.at_s"""
        rows: dict[str, list[Any]] = defaultdict(list)
        for row in self._rows(sql, since=since_s, step=step):
            rows[row[0]].append(row)
        return [_host_series(host, samples) for host, samples in rows.items()]


def _host_series(host: str, samples: list[Any]) -> HostSeries:
    _, at, cpu, used, kills, total, limit = (list(column) for column in zip(*samples, strict=True))
    return HostSeries(host, at, cpu, used, total[-1], limit[-1], kills)


def _pool_series(samples: list[Any]) -> PoolSeries:
    _, at, depth, running, done, failed = (list(column) for column in zip(*samples, strict=True))
    steps = zip(done, done[1:], at, at[1:], strict=False)
    rates = [max(0, later - earlier) / max(1, end - start) for earlier, later, start, end in steps]
    return PoolSeries(at, depth, running, done, failed, [rates[0] if rates else 0.0, *rates])
