"""Gathers what the diagnosis looks at, in a handful of statements of one instant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from procscope.runtime import clock
from procscope.runtime.diagnosis.facts import (
    RECENT_US,
    DeadProcess,
    DropFacts,
    EndedRun,
    Facts,
    FailureGroup,
    Orphan,
    PoolFacts,
    RunningTask,
    Zombies,
)
from procscope.runtime.store.queries.sharing import SharingQueries
from procscope.runtime.store.queries.totals import TotalsQueries
from procscope.runtime.store.rows import Running

MANY = 200
_BEHIND_US = 5_000_000
_DEAD = """SELECT r.key, p.kind, o.state, p.signal, p.reason, p.current_func, p.current_index, p.ended_us, p.id, p.pid,
 p.pool_id, o.reason FROM runs r CROSS JOIN processes p LEFT JOIN pools o ON o.id = p.pool_id
 WHERE (r.state = 'running' OR r.finished_us >= :since) AND p.run_id = r.id AND p.signal IS NOT NULL
 AND p.kind <> 'main' ORDER BY p.id DESC LIMIT :many"""
_LOST = """SELECT l.process_id, l.n, t.id, t.func_id, t.item_index
 FROM (SELECT process_id, count(*) AS n, min(id) AS first
 FROM (SELECT process_id, id FROM tasks WHERE state = 5 AND state NOT IN (0, 2) ORDER BY id DESC LIMIT 5000) q
 WHERE process_id IN :ids GROUP BY process_id) l JOIN tasks t ON t.id = l.first"""
_FAILURES = """SELECT r.key, r.name, q.func_id, q.stage, q.type, max(q.message), count(*), min(q.at_us), max(q.at_us),
 max(q.task_id) FROM (SELECT run_id, func_id, stage, type, message, at_us, task_id FROM failures
 ORDER BY id DESC LIMIT 2000) q JOIN runs r ON r.id = q.run_id WHERE q.at_us >= :since
 GROUP BY r.key, r.name, q.func_id, q.stage, q.type ORDER BY 9 DESC LIMIT :many"""
_POOLS = """SELECT r.key, p.id, p.name, p.kind, p.state, p.reason, coalesce(p.size, 0), p.pending, p.running,
 p.succeeded + p.failed + p.cancelled + p.lost, p.lost, p.workers_started, p.opened_us, p.progress_us, p.closed_us,
 p.initializer_error, p.retired
 FROM runs r CROSS JOIN pools p WHERE (r.state = 'running' OR r.finished_us >= :since) AND p.run_id = r.id
 AND p.unobserved IS NULL
 AND (p.state = 'broken' OR (r.state = 'running' AND p.state IN ('open', 'closing'))) ORDER BY p.id DESC LIMIT :many"""
_ORPHANS = """SELECT r.key, p.id, p.pid, p.kind, p.orphaned_us, q.id, q.pid, q.kind, q.signal, q.exit_code
 FROM runs r CROSS JOIN processes p JOIN processes q ON q.id = p.parent_id
 WHERE (r.state = 'running' OR r.finished_us >= :since) AND p.run_id = r.id AND p.orphaned_us IS NOT NULL
 AND p.state IN ('starting', 'running') AND p.kind IN ('process', 'worker', 'manager') ORDER BY p.id LIMIT :many"""
_ZOMBIES = """SELECT r.key, q.id, q.pid, q.kind, count(*), min(p.zombie_us)
 FROM runs r CROSS JOIN processes p JOIN processes q ON q.id = p.parent_id
 WHERE r.state = 'running' AND p.run_id = r.id AND p.zombie_us IS NOT NULL
 GROUP BY r.key, q.id, q.pid, q.kind LIMIT :many"""
_DROPS = """SELECT r.key, r.name, d.reason, sum(d.n), min(d.first_us) FROM runs r CROSS JOIN drops d
 WHERE (r.state = 'running' OR r.finished_us >= :since) AND d.run_id = r.id
 GROUP BY r.key, r.name, d.reason ORDER BY 4 DESC LIMIT :many"""
_ENDED = """SELECT key, name, state, exit_code, finished_us FROM runs
 WHERE state IN ('failed', 'killed') AND finished_us >= :since ORDER BY id DESC LIMIT :many"""


class FactQueries(TotalsQueries, SharingQueries):
    """The present, as the rules want it."""

    def facts(self, *, now_us: int | None = None) -> Facts:
        """The facts of live runs and of those that ended lately, for `procscope.runtime.diagnosis.diagnose`.

        They describe `now_us`, or, when the collector is behind, the instant it was last heard of: an old picture
        must not make a task look stuck.
        """
        now = now_us if now_us is not None else clock.wall_ns() // 1000
        with self.snapshot():
            now = self.as_of(now)
            window = {"since": now - RECENT_US, "many": MANY}
            live = self._one("SELECT count(*), coalesce(sum(workers), 0) FROM runs WHERE state = 'running'")
            workers = self.live_workers() if live[0] else 0
            dead = self._dead(window)
            return Facts(
                as_of_us=now,
                live_runs=live[0],
                live_workers=workers,
                running=tuple(_running(one) for one in self.running(MANY, now_us=now)),
                dead=tuple(dead.values()),
                failures=self._failure_groups(window),
                pools=self._pool_facts(window, now),
                drops=tuple(DropFacts(*[*row[:3], int(row[3]), row[4] or now]) for row in self._rows(_DROPS, **window)),
                ended=tuple(EndedRun(*row) for row in self._rows(_ENDED, **window)),
                sharing=self.sharing(window["since"]),
                orphans=tuple(Orphan(*row) for row in self._rows(_ORPHANS, **window)),
                zombies=tuple(Zombies(*row) for row in self._rows(_ZOMBIES, many=MANY)),
            )

    def as_of(self, now: int) -> int:
        """The instant that the store describes: `now` (microseconds), or when the collector was last heard of."""
        seen = self._one("SELECT max(seen_us) FROM collectors")[0]
        return int(seen) if seen is not None and seen < now - _BEHIND_US else now

    def _dead(self, window: dict[str, int]) -> dict[int, DeadProcess]:
        rows = self._rows(_DEAD, **window)
        if not rows:
            return {}
        lost = {row[0]: row[1:] for row in self._rows(_LOST, ids=[row[8] for row in rows])}
        names = self.function_names([*(row[5] for row in rows), *(row[2] for row in lost.values())])
        return {row[8]: _dead_process(row, lost.get(row[8], (0, None, row[5], row[6])), names) for row in rows}

    def _failure_groups(self, window: dict[str, int]) -> tuple[FailureGroup, ...]:
        rows = self._rows(_FAILURES, **window)
        names = self.function_names(row[2] for row in rows)
        return tuple(FailureGroup(*[*row[:2], names.get(row[2]), *row[3:]]) for row in rows)

    def _pool_facts(self, window: dict[str, int], now: int) -> tuple[PoolFacts, ...]:
        rows = self._rows(_POOLS, **window)
        if not rows:
            return ()
        ids = [row[1] for row in rows]
        usual = self.pool_quantiles(ids, now // 60_000_000 - 60)
        sql = """SELECT pool_id, max(pid) FROM processes WHERE pool_id IN :ids AND run_id IN
                 (SELECT run_id FROM pools WHERE id IN :ids) AND signal IS NOT NULL GROUP BY pool_id"""
        died: dict[int, int] = {row[0]: row[1] for row in self._rows(sql, ids=ids)}
        return tuple(_pool(row, usual, died) for row in rows)


def _running(one: Running) -> RunningTask:
    usual = one.quantiles
    return RunningTask(
        one.run_key, one.pool, one.pool_kind, one.func, one.func_id, one.index, one.since_us, usual.n if usual else 0,
        usual.p99_us if usual else None, one.task_id, one.process_id, one.pid,
    )  # fmt: skip


def _dead_process(row: Any, lost: Sequence[Any], names: dict[int, str]) -> DeadProcess:
    key, kind, pool_state, number, reason, _, _, ended, process, pid, _, pool_reason = row
    # What it was doing is the task it took along; without one, what its slot said.
    n, task, func, index = lost
    return DeadProcess(
        key, kind, pool_state, number, reason, names.get(func), index, n, ended or 0, task, process, pid, pool_reason
    )  # fmt: skip


def _pool(row: Sequence[Any], usual: Any, died: dict[int, int]) -> PoolFacts:
    p99 = usual[row[1]].p99_us if row[1] in usual else None
    return PoolFacts(*[*row[:15], p99, died.get(row[1]), row[15], json.loads(row[16] or "{}")])
