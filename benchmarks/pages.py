"""How long a page's questions take on N task rows: `python -m benchmarks.pages [--tasks N] [--keep FILE]`.

The database is a seeded picture repeated into the past: a live run in front, behind it as many ended runs as it takes.
Prints the median and the 95th percentile of each question, and the latter in CPU time too, which is what the budget
is held against: a busy machine stretches the wall clock. Exits with 1 if one is over.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.history import PICTURE, STRIDE, history
from procscope.runtime.diagnosis import diagnose
from procscope.runtime.store.queries import Store
from procscope.runtime.store.query_grammar import parse

ROUNDS = 60
BY_ID_MS, PAGE_MS, HOUR_MS, OVERVIEW_MS = 2.0, 10.0, 150.0, 50.0
QUERIES = (
    "", "state:failed", "state:lost", "state:running", "state:pending", "-state:succeeded", "func:resize",
    "func:work state:failed", "run:last", "run:{key}", "run:{key} state:failed", "worker:4127", "worker:4127 slower:5s",
    "pool:images", "pool:fetch state:failed", "slower:1s", "slower:12s", "slower:2m", "func:work slower:100ms",
    "since:2h", "since:10m state:failed", "since:3d func:fetch", "refused", "state:failed truncated", "IMG_0231",
    "run:last IMG_0231", "nothing-has-this", "func:resize nothing-has-this", "state:failed nothing-has-this",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One question's times in ms."""

    name: str
    median: float
    p95: float
    cpu: float
    budget: float

    def __str__(self) -> str:
        verdict = "" if self.cpu <= self.budget else "   OVER"
        return f"{self.name:44} {self.median:9.2f} {self.p95:9.2f} {self.cpu:9.2f} {self.budget:9.0f}{verdict}"


def timed(name: str, budget: float, ask: Callable[[], object], rounds: int = ROUNDS) -> Line:
    """`ask` some rounds, the first for nothing."""
    ask()
    wall, cpu = [], []
    for _ in range(rounds):
        started, used = time.perf_counter(), time.thread_time()
        ask()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.thread_time() - used) * 1000)
    last = int(rounds * 0.95)
    return Line(name, sorted(wall)[rounds // 2], sorted(wall)[last], sorted(cpu)[last], budget)


def pages(store: Store, text: str, now_us: int) -> Callable[[], object]:
    """Asks for the first page, then the next, and so on round."""
    before: int | None = None

    def ask() -> object:
        nonlocal before
        page = store.tasks(parse(text), before=before, limit=50, now_us=now_us)
        before = page.next
        return page

    return ask


def measure(store: Store, tasks: int, now_us: int) -> list[Line]:
    """All lines."""
    rng = random.Random(1)
    minute = now_us // 60_000_000
    key = store.runs(40)[-1].key
    functions = sorted(store.function_names([1]))

    def some() -> int:
        return rng.randrange(tasks // PICTURE) * STRIDE + rng.randrange(1, PICTURE)

    lines = [timed("task by id", BY_ID_MS, lambda: store.tasks_by_id([some()]), 300)]
    lines += [timed("task page", PAGE_MS, lambda: store.task(some()), 100)]
    for text in QUERIES:
        filled = text.format(key=key)
        lines.append(timed(f"tasks {filled}", PAGE_MS, pages(store, filled, now_us)))
    lines.append(timed("last hour's percentiles", HOUR_MS, lambda: store.function_quantiles(functions, minute - 60)))
    lines.append(timed("overview", OVERVIEW_MS, lambda: overview(store, now_us), 20))
    lines.append(timed("diagnosis", OVERVIEW_MS, lambda: diagnose(store.facts(now_us=now_us)), 20))
    return lines


def overview(store: Store, now_us: int) -> object:
    """The questions of the Overview."""
    with store.snapshot():
        runs, pools = store.runs(20), store.pools(live_only=True)
        return (
            store.rev(), store.run_progress(runs, now_us=now_us), store.pool_rates(pools, now_us=now_us),
            store.pool_series([pool.id for pool in pools], now_us // 10**6 - 300, step=5),
            store.running(50, now_us=now_us), store.totals(now_us=now_us), store.failures(limit=20),
        )  # fmt: skip


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--keep", help="use this file, made if it is not there, and leave it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = options.keep or os.path.join(directory, "pages.db")
        copies = max(1, options.tasks // PICTURE)
        if not os.path.exists(path):
            started = time.perf_counter()
            history(path, copies)
            print(f"made {copies * PICTURE:,} task rows in {time.perf_counter() - started:.0f} s")
        with Store.open(path) as store:
            lines = measure(store, copies * PICTURE, max(c.seen_us or 0 for c in store.collectors()))
        print(f"{os.path.getsize(path) / 2**20:,.0f} MB, {copies * PICTURE:,} task rows")
    print(f"{'question':44} {'median ms':>9} {'p95 ms':>9} {'p95 CPU':>9} {'budget':>9}")
    print(*lines, sep="\n")
    return int(any(line.cpu > line.budget for line in lines))


if __name__ == "__main__":
    sys.exit(main())
