"""Journal → committed SQLite: folded task rows per second, as a ratio to raw `sqlite3.executemany` of the same rows.

The journals are real ones: a parent that submits and workers that run, written with `journal.writer`. The raw side
inserts the very rows the collector wrote into the same schema with the same indexes, WAL and synchronous=NORMAL, 10,000
a transaction, and nothing else; the collector decodes, folds, keeps counts, rollups, sketches and offsets besides.
Both are repeated in turn; the ratio is the median over the pairs.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procscope.runtime import events
from procscope.runtime.collector.daemon import Collector
from procscope.runtime.collector.lock import Lock
from procscope.runtime.journal.writer import Identity, Journal
from procscope.runtime.settings import Settings
from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine

KEY = "0123456789ab"
POOL = 77
ROWS_A_TRANSACTION = 10_000
TASK_COLUMNS = len(schema.tasks.c)


def build(directory: str, tasks: int, workers: int) -> None:
    """Journals of one parent and `workers` workers: submit, run, result arrived, in the order a pool would."""
    os.makedirs(directory, mode=0o700)
    now = time.monotonic_ns()
    journal = Journal(directory, Identity(KEY, 1, 0, 0), 1 << 33)
    parent, hands = journal.region(), journal.new_region()
    parent.rich(events.ProcessAlive(now, 1, 0, 0, 0, "main", "main", 0, "", "fork", "3", ("bench",)))
    parent.rich(events.PoolOpened(now, POOL, "Pool", workers, "", "fork", 0, "", "bench.py:1"))
    regions = [Journal(directory, Identity(KEY, 2 + w, 1, POOL), 1 << 33).region() for w in range(workers)]
    for number in range(tasks):
        at = now + number * 20_000
        parent.task_submitted(at, POOL, number, "pipeline.resize", f"('IMG_{number:06d}.png', 4096)")
        ended = at + 400_000 + number % 97 * 1000
        regions[number % workers].task_ran(POOL, number, at + 150_000, ended, 2, "", 120)
        hands.result_arrived(ended + 60_000, POOL, number, -1, 80)


@contextmanager
def scratch() -> Iterator[str]:
    """A directory that is gone afterwards."""
    path = tempfile.mkdtemp(prefix="procscope-ingest-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def collected(home: str, source: str) -> tuple[float, float, list[tuple[Any, ...]]]:
    """(wall seconds, CPU seconds, rows of `tasks`) of one collector reading everything."""
    settings = Settings(state_dir=home, sample_every=1e9)
    os.makedirs(settings.spool, mode=0o700)
    lock = Lock(settings.spool)
    collector = Collector(settings, lock)
    shutil.copytree(source, os.path.join(settings.spool, KEY))
    _manifest(os.path.join(settings.spool, KEY))
    gc.collect()
    gc.freeze()
    gc.disable()
    wall, cpu = time.perf_counter(), time.process_time()
    collector.turn()
    while collector.behind:
        collector.turn()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    gc.enable()
    gc.unfreeze()
    rows = [tuple(row) for row in collector.writer.fetch("SELECT * FROM tasks ORDER BY id")]
    collector.close()
    lock.close()
    return wall, cpu, rows


def _manifest(directory: str) -> None:
    with open(os.path.join(directory, "run.json"), "w", encoding="utf-8") as target:
        json.dump({"version": 1, "key": KEY, "name": "ingest", "argv": ["ingest"], "pid": os.getpid()}, target)


def raw(home: str, rows: list[tuple[Any, ...]]) -> tuple[float, float]:
    """(wall seconds, CPU seconds) of sqlite3 inserting the same rows into the same schema."""
    path = os.path.join(home, "raw.db")
    open_engine(path).dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=NORMAL", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute("PRAGMA " + pragma)
    statement = "INSERT INTO tasks VALUES (" + ", ".join("?" * TASK_COLUMNS) + ")"
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(rows), ROWS_A_TRANSACTION):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows[start : start + ROWS_A_TRANSACTION])
        connection.execute("COMMIT")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    connection.close()
    return wall, cpu


def measure(tasks: int, workers: int, repeats: int) -> dict[str, float]:
    """Medians over `repeats` interleaved pairs: rows a second of both, and the ratio by wall and by CPU time."""
    walls: list[tuple[float, float]] = []
    cpus: list[tuple[float, float]] = []
    with scratch() as source:
        build(os.path.join(source, KEY), tasks, workers)
        for _ in range(repeats):
            with scratch() as home:
                wall, cpu, rows = collected(home, os.path.join(source, KEY))
                assert len(rows) == tasks, f"{len(rows)} rows of {tasks} tasks"
                raw_wall, raw_cpu = raw(home, rows)
            walls.append((wall, raw_wall))
            cpus.append((cpu, raw_cpu))
    ours, theirs = (statistics.median(pair[side] for pair in walls) for side in (0, 1))
    return {
        "rows_s": tasks / ours,
        "raw_rows_s": tasks / theirs,
        "ratio": statistics.median(b / a for a, b in walls),
        "ratio_cpu": statistics.median(b / a for a, b in cpus),
        "ratio_least": min(b / a for a, b in walls),
        "ratio_most": max(b / a for a, b in walls),
    }


def main() -> None:
    """Print one line for people and, with --json, one for machines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.tasks, options.workers, options.repeats)
    if options.json:
        print(json.dumps(found))
        return
    print(
        f"ingest: {found['rows_s']:,.0f} task rows/s from journal to committed SQLite with rollups; raw executemany"
        f" {found['raw_rows_s']:,.0f}; ratio {found['ratio']:.2f} wall"
        f" ({found['ratio_least']:.2f} to {found['ratio_most']:.2f}), {found['ratio_cpu']:.2f} CPU; target 0.55"
    )


if __name__ == "__main__":
    main()
