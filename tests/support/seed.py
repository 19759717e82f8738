"""A database filled with a realistic picture: `python -m tests.support.seed URL [--tasks N] [--workers N]`.

One live run (nightly.py: a Pool `images` with a batch at 62 %, a task stuck for 38 times its p99 and a worker
killed on item 23 of load(); an executor `fetch` with failures and their causes), two finished runs, one failed,
one killed. Everything is relative to `now_us`; the same arguments make the same rows.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine
from tests.support.seed_book import Book
from tests.support.seed_live import Live, LiveRun
from tests.support.seed_past import past


@dataclass(frozen=True)
class Seeded:
    """What was written: the live run's landmarks, keys of past runs by state, and the instant it shows (µs)."""

    live: Live
    past: dict[str, str]
    now_us: int


def seed(url: str, *, tasks: int = 2000, workers: int = 16, now_us: int | None = None) -> Seeded:
    """Fill the empty database at `url` with about `tasks` task rows; 10,000 rows take 0.2 s."""
    now = now_us if now_us is not None else time.time_ns() // 1000
    engine = open_engine(url)
    try:
        book = Book(engine)
        over = past(book, now, tasks // 4)
        live = LiveRun(book, now, tasks, workers).write()
        columns = ("host", "spool", "pid", "started_us", "seen_us")
        book.bulk(schema.collectors, columns, [("mill", "/var/spool", 4099, now - 400_000_000, now)])
        book.close()
    finally:
        engine.dispose()
    return Seeded(live, over, now)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=16)
    options = parser.parse_args()
    print(seed(options.url, tasks=options.tasks, workers=options.workers))


if __name__ == "__main__":
    main()
