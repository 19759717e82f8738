"""Runs, their processes, pools and batches."""

from __future__ import annotations

import json
from typing import Any

from procscope.runtime.errors import NotFoundError
from procscope.runtime.store.queries.reading import Reader
from procscope.runtime.store.rows import Batch, Collector, Counts, Drops, Pool, Process, Run

_RUN = """id, key, name, argv, cwd, host, "user", python, start_method, state, exit_code, started_us, finished_us,
 pending, running, succeeded, failed, cancelled, lost, workers, dropped, notes, rev"""
_PROCESS = """id, run_id, uid, parent_id, pool_id, pid, kind, name, daemon, target, args, start_method, python, state,
 exit_code, signal, reason, started_us, ended_us, tasks_done, current_task, current_func, current_index,
 current_since_us, current_args, cpu, rss, uss, threads, fds, os_state, rev, unobserved, orphaned_us,
 zombie_us"""
_POOL = """p.id, p.run_id, p.uid, p.process_id, p.kind, p.name, p.size, p.start_method, p.max_tasks, p.initializer,
 p.site, p.state, p.reason, p.opened_us, p.closed_us, p.pending, p.running, p.succeeded, p.failed, p.cancelled, p.lost,
 p.workers_started, p.progress_us, p.rev, r.key, p.unobserved, p.retired, p.initializer_error"""
_BATCH = """id, run_id, pool_id, number, func_id, method, total, chunksize, submitted_us, finished_us, running,
 succeeded, failed, cancelled, lost, folded, busy_us, rev"""


class RunQueries(Reader):
    """What ran, and of what it is made."""

    def rev(self) -> int:
        """The number of the last transaction; rows changed by it or before carry at most this."""
        row = self._one("SELECT value FROM sequences WHERE name = 'rev'")
        return int(row[0]) if row else 0

    def collectors(self) -> list[Collector]:
        """Who writes this database, the one heard of last first."""
        return [
            Collector(*row)
            for row in self._rows("SELECT host, spool, pid, started_us, seen_us FROM collectors ORDER BY seen_us DESC")
        ]

    def runs(self, limit: int = 50, before: int | None = None, since_rev: int | None = None) -> list[Run]:
        """Runs, newest first; `before` is the id of the last one already shown."""
        where = "id < :before" + (" AND rev > :rev" if since_rev is not None else "")
        rows = self._rows(
            f"SELECT {_RUN} FROM runs WHERE {where} ORDER BY id DESC LIMIT :limit",
            **_given(before=before if before is not None else 1 << 62, limit=limit, rev=since_rev),
        )
        return [_run(row) for row in rows]

    def live_runs(self) -> list[Run]:
        """Runs that have not ended, newest first."""
        return [_run(row) for row in self._rows(f"SELECT {_RUN} FROM runs WHERE state = 'running' ORDER BY id DESC")]

    def run(self, wanted: str) -> Run:
        """The run whose key begins with `wanted`, or the newest for 'last'. Raises NotFoundError."""
        if wanted == "last":
            rows = self._rows(f"SELECT {_RUN} FROM runs ORDER BY id DESC LIMIT 1")
        else:
            rows = self._rows(
                f"SELECT {_RUN} FROM runs WHERE key >= :low AND key < :high ORDER BY key LIMIT 2",
                low=wanted.lower(), high=wanted.lower() + "~",
            )  # fmt: skip
        if not wanted or not rows:
            raise NotFoundError(f"there is no run {wanted!r}: list them with procscope runs")
        if len(rows) > 1 and rows[0][1] != wanted:
            raise NotFoundError(f"more than one run begins with {wanted!r}: give more of its id")
        return _run(rows[0])

    def processes(self, run_id: int, since_rev: int | None = None) -> list[Process]:
        """Every process of a run, or those changed after `since_rev`, oldest first."""
        where, parameters = _scope("run_id = :run", since_rev, run=run_id)
        rows = self._rows(f"SELECT {_PROCESS} FROM processes WHERE {where} ORDER BY id", **parameters)
        names = self.function_names(row[21] for row in rows)
        return [Process(*[*row, names.get(row[21])]) for row in rows]

    def process(self, process_id: int) -> Process | None:
        """One process by its row's id."""
        row = self._one(f"SELECT {_PROCESS} FROM processes WHERE id = :id", id=process_id)
        return Process(*[*row, self._func(row[21])]) if row else None

    def pools(self, run_id: int | None = None, since_rev: int | None = None, live_only: bool = False) -> list[Pool]:
        """Pools of one run or of all, oldest first; `live_only` leaves out closed ones and those of ended runs."""
        if run_id is not None:
            where, parameters = _scope("p.run_id = :run", since_rev, "p.rev", run=run_id)
        else:
            where, parameters = _scope("p.id > 0", since_rev, "p.rev")
        if live_only:
            where += " AND r.state = 'running' AND p.state NOT IN ('closed', 'terminated')"
        # With the runs outside, live pools are found through their few live runs, not among all pools of all time.
        sql = f"SELECT {_POOL} FROM runs r CROSS JOIN pools p WHERE p.run_id = r.id AND {where} ORDER BY p.id"
        return [_pool(row) for row in self._rows(sql, **parameters)]

    def pool(self, pool_id: int) -> Pool | None:
        """One pool by its row's id."""
        row = self._one(f"SELECT {_POOL} FROM pools p JOIN runs r ON r.id = p.run_id WHERE p.id = :id", id=pool_id)
        return _pool(row) if row else None

    def batches(self, run_id: int, since_rev: int | None = None) -> list[Batch]:
        """Every batch of a run, or those changed after `since_rev`, oldest first."""
        where, parameters = _scope("run_id = :run", since_rev, run=run_id)
        rows = self._rows(f"SELECT {_BATCH} FROM batches WHERE {where} ORDER BY id", **parameters)
        names = self.function_names(row[4] for row in rows)
        return [Batch(*[*row, names.get(row[4])]) for row in rows]

    def batch(self, batch_id: int) -> Batch | None:
        """One batch by its row's id."""
        row = self._one(f"SELECT {_BATCH} FROM batches WHERE id = :id", id=batch_id)
        return Batch(*[*row, self._func(row[4])]) if row else None

    def drops(self, run_id: int) -> list[Drops]:
        """What the processes of a run could not write, and why."""
        sql = """SELECT d.process_id, p.pid, d.reason, d.n, d.first_us, d.last_us FROM drops d
                 LEFT JOIN processes p ON p.id = d.process_id WHERE d.run_id = :run ORDER BY d.n DESC"""
        return [Drops(*row) for row in self._rows(sql, run=run_id)]


def _scope(where: str, since_rev: int | None, rev: str = "rev", **parameters: Any) -> tuple[str, dict[str, Any]]:
    if since_rev is None:
        return where, parameters
    return f"{where} AND {rev} > :rev", {**parameters, "rev": since_rev}


def _given(**parameters: Any) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _run(row: Any) -> Run:
    counts = Counts(*row[13:19])
    return Run(*[*row[:3], _strings(row[3]), *row[4:13], counts, row[19], row[20], _strings(row[21]), row[22]])


def _pool(row: Any) -> Pool:
    return Pool(*[*row[:15], Counts(*row[15:21]), *row[21:26], json.loads(row[26] or "{}"), *row[27:]])


def _strings(stored: str | None) -> tuple[str, ...]:
    try:
        return tuple(str(item) for item in json.loads(stored or "[]"))
    except (ValueError, TypeError):
        return (str(stored),)
