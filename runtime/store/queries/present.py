"""The present: what runs now, how pools and runs do, and the totals on the number cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from procscope.runtime import clock
from procscope.runtime.store.queries.task_rows import TaskQueries
from procscope.runtime.store.rows import Batch, Pool, PoolRate, Run, Running, RunProgress

_ROWS = """SELECT t.id, t.process_id, p.pid, t.run_id, r.key, t.pool_id, o.name, t.batch_id, t.item_index, b.total,
 t.func_id, t.args, t.thread, coalesce(t.started_us, t.submitted_us), p.cpu, p.rss, o.kind,
 t.progress_done, t.progress_total, t.progress_text
 FROM tasks t JOIN runs r ON r.id = t.run_id AND r.state = 'running'
 LEFT JOIN processes p ON p.id = t.process_id LEFT JOIN pools o ON o.id = t.pool_id
 LEFT JOIN batches b ON b.id = t.batch_id
 WHERE t.state = 1 AND t.state NOT IN (0, 2) ORDER BY coalesce(t.started_us, t.submitted_us), t.id LIMIT :limit"""
# A chunk's items have no row while they run: only their process says what it does. For a Pool the slot names the
# batch; for an executor, the chunk, so the open batch of that function is taken.
_SLOTS = """SELECT p.id, p.pid, p.run_id, r.key, p.pool_id, o.name, p.current_index, p.current_func, p.current_args,
 p.current_since_us, p.cpu, p.rss, p.current_task, o.kind
 FROM runs r CROSS JOIN processes p LEFT JOIN pools o ON o.id = p.pool_id
 WHERE r.state = 'running' AND p.run_id = r.id AND p.state = 'running' AND p.current_since_us IS NOT NULL
 AND p.current_func IS NOT NULL ORDER BY p.current_since_us LIMIT :limit"""
_MINUTE_S = 60


class PresentQueries(TaskQueries):
    """What runs now and how fast."""

    def running(self, limit: int = 50, *, now_us: int | None = None) -> list[Running]:
        """Tasks of live runs that run now, oldest first, each with what is usual for its function."""
        now = now_us if now_us is not None else clock.wall_ns() // 1000
        with self.snapshot():
            rows = self._rows(_ROWS, limit=limit)
            found = [_from_row(row) for row in rows] + self._from_slots(_unknown(self._rows(_SLOTS, limit=limit), rows))
            found = sorted(found, key=lambda one: one.since_us)[:limit]
            names = self.function_names(one.func_id for one in found)
            usual = self.usual(sorted({one.func_id for one in found}), now)
        return [replace(one, func=names.get(one.func_id, ""), quantiles=usual.get(one.func_id)) for one in found]

    def _from_slots(self, slots: Sequence[Any]) -> list[Running]:
        batches = self._open_batches(sorted({slot[4] for slot in slots if slot[4] is not None}))
        return [_from_slot(slot, batches.get(slot[4], [])) for slot in slots]

    def _open_batches(self, pool_ids: Sequence[int]) -> dict[int, list[Batch]]:
        found: dict[int, list[Batch]] = defaultdict(list)
        if pool_ids:
            runs = self._rows("SELECT DISTINCT run_id FROM pools WHERE id IN :ids", ids=list(pool_ids))
            for batch in (batch for run in runs for batch in self.batches(run[0])):
                if batch.finished_us is None:
                    found[batch.pool_id].append(batch)
        return found

    def pool_rates(self, pools: Sequence[Pool], *, now_us: int | None = None) -> dict[int, PoolRate]:
        """How each of `pools` does now, by id."""
        now = now_us if now_us is not None else clock.wall_ns() // 1000
        ids = [pool.id for pool in pools]
        with self.snapshot():
            pace = self._pace(ids, now // 1_000_000 - _MINUTE_S)
            usual = self.pool_quantiles(ids, now // 60_000_000 - 15)
            batches = self._open_batches(ids)
        return {p.id: _rate(p, pace.get(p.id, 0.0), usual.get(p.id), batches.get(p.id, [])) for p in pools}

    def _pace(self, pool_ids: Sequence[int], since_s: int) -> dict[int, float]:
        if not pool_ids:
            return {}
        sql = """SELECT pool_id, min(at_s), max(at_s), min(done), max(done) FROM pool_samples
                 WHERE pool_id IN :ids AND step IN (1, 10, 60) AND at_s >= :since GROUP BY pool_id"""
        rows = self._rows(sql, ids=list(pool_ids), since=since_s)
        return {pool: (most - least) / max(1, last - first) for pool, first, last, least, most in rows}

    def run_progress(self, runs: Sequence[Run], *, now_us: int | None = None) -> dict[int, RunProgress]:
        """How far each of `runs` is, by id; ended runs have no time left."""
        now = now_us if now_us is not None else clock.wall_ns() // 1000
        with self.snapshot():
            pools = [pool for run in runs if run.live for pool in self.pools(run.id)]
            pace = self._pace([pool.id for pool in pools], now // 1_000_000 - _MINUTE_S)
        speed: dict[int, float] = defaultdict(float)
        for pool in pools:
            speed[pool.run_id] += pace.get(pool.id, 0.0)
        return {run.id: _progress(run, speed[run.id]) for run in runs}


def _unknown(slots: Sequence[Any], rows: Sequence[Any]) -> list[Any]:
    """The slots of processes whose task is not among `rows`."""
    taken = {(row[1], row[8]) for row in rows if not row[12]}
    return [slot for slot in slots if not {(slot[0], slot[6]), (slot[0], None)} & taken]


def _from_row(row: Any) -> Running:
    return Running(*[*row[:11], "", *row[11:16], None, *row[16:]])


def _from_slot(slot: Any, batches: Sequence[Batch]) -> Running:
    process, pid, run, key, pool, name, index, func, args, since, cpu, rss, number, kind = slot
    fitting = [b for b in batches if b.number == number] or [b for b in batches if b.func_id == func]
    batch = fitting[-1] if fitting and index is not None and index >= 0 else None
    return Running(
        None, process, pid, run, key, pool, name, batch.id if batch else None, index, batch.total if batch else None,
        func, "", args, None, since, cpu, rss, None, kind,
    )  # fmt: skip


def _rate(pool: Pool, per_s: float, usual: Any, batches: Sequence[Batch]) -> PoolRate:
    known = [batch for batch in batches if batch.total]
    total = sum(batch.total or 0 for batch in known)
    done = sum(min(batch.ended, batch.total or 0) for batch in known)
    left = pool.counts.pending + pool.counts.running
    return PoolRate(per_s, usual, done / total if total else None, left / per_s if left and per_s > 0 else None)


def _progress(run: Run, per_s: float) -> RunProgress:
    """A live run in which nothing waits may be at its end or before its next batch: then nobody knows how far it is."""
    counts = run.counts
    left = counts.pending + counts.running
    share = counts.ended / counts.total if counts.total and (counts.pending or not run.live) else None
    return RunProgress(share, left / per_s if run.live and counts.pending and per_s > 0 else None, per_s)
