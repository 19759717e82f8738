"""Seeded samples: processes, pools and the host, one a second."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from procscope.runtime.store import schema
from tests.support.seed_book import Book
from tests.support.seed_rows import SECOND, Pool

MB = 1 << 20
WINDOW_S = 300


def latest(process: int, stuck: bool) -> tuple[float, int]:
    """CPU (percent) and RSS (bytes) of a process in its last sample."""
    return (0.0, 412 * MB) if stuck else (round(60 + 38 * math.sin(process), 1), (150 + process * 7 % 120) * MB)


def processes(book: Book, alive: Sequence[int], now_us: int, *, stuck: int, dead: int, dead_us: int) -> None:
    """Samples of every process of the live run, growing memory in the stuck and the killed one."""
    columns = (
        "process_id",
        "step",
        "at_s",
        "cpu",
        "rss",
        "uss",
        "read_bytes",
        "write_bytes",
        "threads",
        "fds",
        "switches",
    )
    window = WINDOW_S if len(alive) <= 200 else 60
    now = now_us // SECOND

    def rows() -> Iterator[tuple[Any, ...]]:
        for process in alive:
            cpu, rss = latest(process, process == stuck)
            for at in range(now - window + 1, now + 1):
                swing = 0.0 if process == stuck else 8 * math.sin(at / 5 + process)
                yield process, 1, at, max(0.0, cpu + swing), rss - (now - at) * MB // 8, None, at, at // 2, 3, 12, at
        end = dead_us // SECOND
        for at in range(end - 150, end + 1):
            yield dead, 1, at, 97.0, int(1.9 * 1024 * MB) - (end - at) * 12 * MB, None, at, at, 3, 12, at

    book.bulk(schema.samples, columns, rows())


def pools(book: Book, live: Sequence[Pool], now_us: int, rates: Sequence[float]) -> None:
    """Depth, running and cumulative counts of each live pool, ending in its present counts."""
    columns = ("pool_id", "step", "at_s", "depth", "running", "done", "failed")
    now = now_us // SECOND

    def rows() -> Iterator[tuple[Any, ...]]:
        for pool, rate in zip(live, rates, strict=True):
            done, failed = sum(pool.counts[2:]), pool.counts[3]
            for at in range(now - WINDOW_S + 1, now + 1):
                ago = now - at
                past = max(0, done - int(ago * rate))
                depth = pool.counts[0] + (done - past if pool.counts[0] else at % 3)
                yield pool.id, 1, at, depth, pool.counts[1], past, max(0, failed - ago // 60)

    book.bulk(schema.pool_samples, columns, rows())


def host(book: Book, now_us: int) -> None:
    """Five minutes of a host of 16 GB."""
    columns = ("host", "step", "at_s", "cpu", "memory_used", "memory_total", "memory_limit", "oom_kills")
    now, giga = now_us // SECOND, 1024 * MB
    rows = [
        (
            "mill",
            1,
            at,
            61 + 9 * math.sin(at / 9),
            int((3.1 - (now - at) / 600) * giga),
            16 * giga,
            None,
            int(at > now - 120),
        )
        for at in range(now - WINDOW_S + 1, now + 1)
    ]
    book.bulk(schema.host_samples, columns, rows)
