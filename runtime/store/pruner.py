"""Forgetting: runs that ended long ago, with everything that belongs to them, a few thousand rows at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from procscope.runtime.store import dialect

CHUNK = 5_000
VACUUM_PAGES = 2_000

# Owners go last: what is cut off in the middle is found again by its run.
_OF_OWNERS = (
    ("samples", "process_id", "processes"),
    ("pool_samples", "pool_id", "pools"),
    ("channel_samples", "primitive_id", "primitives"),
)
_OF_RUN = (
    "tasks",
    "failures",
    "task_rollups",
    "duration_rollups",
    "drops",
    "logs",
    "holds",
    "primitive_uses",
    "primitives",
    "batches",
    "pools",
    "processes",
    "journals",
)
_KEYED = {"tasks", "failures", "logs", "primitives", "batches", "pools", "processes"}


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows went, of each kind."""

    runs: int
    tasks: int
    failures: int
    samples: int


def prune(
    engine: Engine, older_us: int, *, chunk: int = CHUNK, pause: Callable[[float], object] = time.sleep
) -> Pruned:
    """Delete every run that ended before `older_us` (µs since the epoch), and host samples older than that.

    Live runs stay, whatever their age. Each transaction deletes at most `chunk` rows of a table and is followed by a
    pause as long as itself, so that the collector gets its turn. Space goes back to the file system. Raises StoreError.
    """
    counts: Counter[str] = Counter()
    with engine.begin() as connection:
        sql = "SELECT id FROM runs WHERE state <> 'running' AND finished_us IS NOT NULL AND finished_us < :older"
        runs = [row[0] for row in connection.execute(text(sql), {"older": older_us})]
    broom = _Broom(engine, chunk, pause, counts)
    for run in runs:
        broom.sweep_run(run)
    broom.sweep("host_samples", "at_s < :older", older=older_us // 1_000_000)
    while runs and dialect.give_back_space(engine, VACUUM_PAGES):
        pause(0.001)
    return Pruned(counts["runs"], counts["tasks"], counts["failures"], counts["samples"])


class _Broom:
    """Deletes in chunks and counts."""

    def __init__(self, engine: Engine, chunk: int, pause: Callable[[float], object], counts: Counter[str]) -> None:
        self._engine, self._chunk, self._pause, self._counts = engine, chunk, pause, counts

    def sweep_run(self, run: int) -> None:
        """Everything of one run, its own row last."""
        for table, key, owners in _OF_OWNERS:
            self._sweep_owned(table, key, owners, run)
        for table in _OF_RUN:
            if table in _KEYED:
                some = f"id IN (SELECT id FROM {table} WHERE run_id = :run ORDER BY id LIMIT {self._chunk})"
                self.sweep(table, some, whole=False, run=run)
            else:
                self.sweep(table, "run_id = :run", run=run)
        self.sweep("runs", "id = :run", run=run)

    def sweep(self, table: str, where: str, *, whole: bool = True, **parameters: Any) -> None:
        """Delete what `where` names: at once if that is `whole`, else again until nothing is left."""
        statement = text(f"DELETE FROM {table} WHERE {where}")
        while True:
            started = time.monotonic()
            with self._engine.begin() as connection:
                gone = connection.execute(statement, parameters).rowcount
            self._counts[table] += gone
            self._pause(time.monotonic() - started)
            if whole or gone < self._chunk:
                return

    def _sweep_owned(self, table: str, key: str, owners: str, run: int) -> None:
        """Samples: each owner has a few thousand rows, so some owners at a time."""
        last, few = 0, max(1, self._chunk // 1000)
        while True:
            with self._engine.begin() as connection:
                sql = f"SELECT id FROM {owners} WHERE run_id = :run AND id > :last ORDER BY id LIMIT {few}"
                ids = [row[0] for row in connection.execute(text(sql), {"run": run, "last": last})]
            if not ids:
                return
            self.sweep(table, f"{key} IN ({', '.join(map(str, ids))})")
            last = ids[-1]
