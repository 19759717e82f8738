"""A database filled with a realistic picture: `python -m tests.support.seed URL [--tasks N] [--stuck]`.

One live run (nightly.py: a Pool `images` with a batch at 62 %, a task stuck for 38 times its p99 and a worker
killed on item 23 of load(); an executor `fetch` with failures and their causes), two finished runs, one failed,
one killed. Everything is relative to `now_us`; the same arguments make the same rows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine
from tests.support.seed_book import Book
from tests.support.seed_live import Live, LiveRun
from tests.support.seed_past import past
from tests.support.seed_sharing import Stuck, deadlocked


@dataclass(frozen=True)
class Seeded:
    """What was written: the live run's landmarks, keys of past runs by state, and the instant it shows (µs)."""

    live: Live
    past: dict[str, str]
    now_us: int
    stuck: Stuck | None = None


def seed(
    url: str, *, tasks: int = 2000, workers: int = 16, now_us: int | None = None, stuck: bool = False
) -> Seeded:  # fmt: skip
    """Fill the empty database at `url` with about `tasks` task rows; 10,000 rows take 0.2 s.

    `stuck` adds a live run with a deadlock, a lock whose holder is dead, and memory nobody unlinked.
    """
    engine = open_engine(url)
    now = now_us if now_us is not None else time.time_ns() // 1000
    try:
        return fill(engine, now, tasks=tasks, workers=workers, stuck=stuck)
    finally:
        engine.dispose()


def fill(
    engine: Engine, now_us: int, *, tasks: int = 2000, workers: int = 16, first: Mapping[str, int] | None = None,
    stuck: bool = False,
) -> Seeded:  # fmt: skip
    """The same into an engine; `first` are the ids already taken, by table."""
    book = Book(engine, first)
    over = past(book, now_us, tasks // 4)
    jam = deadlocked(book, now_us) if stuck else None
    live = LiveRun(book, now_us, tasks, workers).write()
    columns = ("host", "spool", "pid", "started_us", "seen_us")
    book.bulk(schema.collectors, columns, [("mill", "/var/spool", 4099, now_us - 400_000_000, now_us)])
    book.close()
    return Seeded(live, over, now_us, jam)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--stuck", action="store_true")
    options = parser.parse_args()
    print(seed(options.url, tasks=options.tasks, workers=options.workers, stuck=options.stuck))


if __name__ == "__main__":
    main()
