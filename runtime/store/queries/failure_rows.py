"""Failures and durations: what went wrong, and how long is normal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.store.queries.reading import Reader, Rows
from procscope.runtime.store.rows import Failure, Quantiles

_FAILURE = """SELECT f.id, f.run_id, r.key, f.task_id, f.func_id, f.process_id, p.pid, f.at_us, f.stage, f.type,
 f.message, f.raised, f.fingerprint, t.args, f.rev, f.thread
 FROM failures f JOIN runs r ON r.id = f.run_id LEFT JOIN processes p ON p.id = f.process_id
 LEFT JOIN tasks t ON t.id = f.task_id"""

_FOR_EVER = 1 << 40
_LONG_PAST = 5_000
"""Rollup rows that a function's past is read from: some hundred of its busy minutes."""


class FailureQueries(Reader):
    """Failures as rows, durations from the rollups."""

    def failures(self, run_id: int | None = None, limit: int = 50, since_rev: int | None = None) -> list[Failure]:
        """Failures of one run or of all, newest first."""
        where, parameters = ["f.id > 0"], {"limit": limit}
        if run_id is not None:
            where.append("f.run_id = :run")
            parameters["run"] = run_id
        if since_rev is not None:
            where.append("f.rev > :rev")
            parameters["rev"] = since_rev
        sql = f"{_FAILURE} WHERE {' AND '.join(where)} ORDER BY f.id DESC LIMIT :limit"
        return self._failures(self._rows(sql, **parameters))

    def failure(self, failure_id: int) -> Failure | None:
        """One failure by its row's id."""
        found = self._failures(self._rows(f"{_FAILURE} WHERE f.id = :id", id=failure_id))
        return found[0] if found else None

    def _failures(self, rows: Rows) -> list[Failure]:
        names = self.function_names(row[4] for row in rows)
        return [Failure(*[*row[:15], names.get(row[4]), row[15]]) for row in rows]

    def function_quantiles(
        self, func_ids: Sequence[int], since_minute: int, until_minute: int = _FOR_EVER
    ) -> dict[int, Quantiles]:
        """func id → quantiles of its succeeded tasks that ended in `since_minute` (minutes since the epoch) or later.

        Functions without any are absent.
        """
        return self._quantiles("func_id", func_ids, since_minute, until_minute)

    def pool_quantiles(
        self, pool_ids: Sequence[int], since_minute: int, until_minute: int = _FOR_EVER
    ) -> dict[int, Quantiles]:
        """The same by pool id."""
        return self._quantiles("pool_id", pool_ids, since_minute, until_minute)

    def _quantiles(self, column: str, ids: Sequence[int], since: int, until: int) -> dict[int, Quantiles]:
        if not ids:
            return {}
        sql = f"""SELECT {column}, bucket, sum(n) FROM duration_rollups
                  WHERE {column} IN :ids AND minute BETWEEN :since AND :until GROUP BY {column}, bucket"""
        counts: dict[int, dict[int, int]] = defaultdict(dict)
        for number, bucket, n in self._rows(sql, ids=list(set(ids)), since=since, until=until):
            counts[number][bucket] = int(n)
        return {number: quantiles(buckets) for number, buckets in counts.items()}

    def usual(self, func_ids: Sequence[int], now_us: int, enough: int = 20) -> dict[int, Quantiles]:
        """What is usual for each function: of the hour to `now_us` if that has `enough` durations, else of all time.

        Of all time the latest are taken.
        """
        minute = now_us // 60_000_000
        found = self.function_quantiles(func_ids, minute - 60, minute)
        thin = [number for number in func_ids if number not in found or found[number].n < enough]
        return {**found, **{number: known for number in thin if (known := self._long_past(number))}}

    def _long_past(self, func_id: int) -> Quantiles | None:
        sql = f"""SELECT bucket, sum(n) FROM (SELECT bucket, n FROM duration_rollups WHERE func_id = :func
                  ORDER BY minute DESC LIMIT {_LONG_PAST}) q GROUP BY bucket"""
        buckets = {row[0]: int(row[1]) for row in self._rows(sql, func=func_id)}
        return quantiles(buckets) if buckets else None


def quantiles(buckets: dict[int, int]) -> Quantiles:
    """p50, p95 and p99 of bucket → count, which must not be empty."""
    at: list[Any] = [round((sketch.quantile(buckets, q) or 0) / 1000) for q in (0.5, 0.95, 0.99)]
    return Quantiles(sum(buckets.values()), *at)
