"""Seeded primitives: a queue with producers and consumers in the live run, and a run of its own that is deadlocked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.store import schema
from tests.support.seed_book import Book
from tests.support.seed_rows import SECOND, Run

SAMPLES_S = 120
_USES = ("primitive_id", "process_id", "run_id")


@dataclass(frozen=True)
class Stuck:
    """The landmarks of the deadlocked run: its key, ids of primitives by name, pids of those in the circle."""

    run: str
    primitives: dict[str, int]
    pids: tuple[int, int]


class Sharing:
    """Writes primitives of `run`, made by process `maker` of script `script`."""

    def __init__(self, book: Book, run: Run, maker: int, now_us: int) -> None:
        self.book, self.run, self.maker, self.now = book, run, maker, now_us

    def made(self, kind: str, name: str | None, line: int, **values: Any) -> int:
        """A primitive; returns its id."""
        number = self.book.ids["primitives"] + 1
        row = {
            "run_id": self.run.id, "uid": (self.run.id << 40) + (1 << 30) + number, "kind": kind, "name": name,
            "site": f"/srv/jobs/{self.run.name}:{line}", "process_id": self.maker, "state": "open",
            "created_us": self.run.started_us + SECOND, "size": 1,
        }  # fmt: skip
        return self.book.add("primitives", **{**row, **values})

    def used(self, primitive: int, process: int, *, waits_ms: Iterable[float] = (), **counts: int) -> None:
        """What one process did with it."""
        waits = "".join(f",[{sketch.bucket(int(ms * 1e6))},1]" for ms in waits_ms)
        self.book.rows["primitive_uses"].append(
            {
                "primitive_id": primitive, "process_id": process, "run_id": self.run.id, **counts,
                "waits": f"[{waits[1:]}]" if waits else None, "holds": "[[1000,3]]", "last_us": self.now,
                "rev": self.book.new_id("rev"),
            }
        )  # fmt: skip

    def stands(self, primitive: int, process: int, what: str, line: int, ago_us: int) -> None:
        """It holds, or waits, since so long."""
        self.book.rows["holds"].append(
            {
                "primitive_id": primitive, "process_id": process, "thread": 140_000_000_000 + process, "what": what,
                "run_id": self.run.id, "since_us": self.now - ago_us,
                "site": f"/srv/jobs/{self.run.name}:{line} in work", "rev": self.book.new_id("rev"),
            }
        )  # fmt: skip

    def sampled(self, primitive: int) -> None:
        """Depth over the last two minutes."""
        second = self.now // SECOND
        rows = [(primitive, 1, second - n, n * 7 % 11, 1000 - 4 * n, 990 - 4 * n) for n in range(SAMPLES_S)]
        columns = ("primitive_id", "step", "at_s", "depth", "items_in", "items_out")
        self.book.bulk(schema.channel_samples, columns, rows)


def healthy(book: Book, run: Run, maker: int, workers: list[int], now_us: int) -> None:
    """What a run in order shares: a queue that workers fill and its main process empties, a lock, memory, a manager."""
    sharing = Sharing(book, run, maker, now_us)
    queue = sharing.made("Queue", "results", 14, size=100, depth=10)
    for n, worker in enumerate(workers):
        sharing.used(queue, worker, items_in=100 + n, bytes_in=64_000, blocked_us=2_000)
    total = sum(100 + n for n in range(len(workers)))
    sharing.used(queue, maker, items_out=total - 10, bytes_out=(total - 10) * 640, wait_us=9 * SECOND)
    sharing.sampled(queue)
    lock = sharing.made("Lock", "index_lock", 15)
    for worker in workers:
        sharing.used(
            lock, worker, acquired=40, released=40, contended=3, wait_us=33_000, hold_us=80_000, waits_ms=(1, 2, 30)
        )
    sharing.made("SharedMemory", "psm_4f21c9", 16, size=16 << 20)
    manager = sharing.made("Proxy", "DictProxy", 17, size=0)
    for worker in workers[:2]:
        sharing.used(manager, worker, calls=120, hold_us=60_000)
    book.flush()


def deadlocked(book: Book, now_us: int) -> Stuck:
    """A live run of which nothing moves: two processes in a circle, a lock with a dead holder, a leaked block."""
    run = Run(book, "5ead10c4aa01", "transfer.py", ["transfer.py"], "running", now_us - 60 * SECOND)
    main = run.process(5101, "main", "MainProcess", daemon=False)
    first, second = (run.process(5102 + n, "process", f"Process-{n + 1}", parent_id=main) for n in range(2))
    died = {"state": "killed", "signal": 9, "exit_code": -9, "ended_us": now_us - 30 * SECOND}
    killed = run.process(5104, "process", "Process-3", parent_id=main, **died)
    third = run.process(5105, "process", "Process-4", parent_id=main)
    sharing = Sharing(book, run, main, now_us)
    names = {}
    for line, (name, kind) in enumerate({"lock_a": "Lock", "lock_b": "RLock", "ledger": "Lock"}.items(), 5):
        names[name] = sharing.made(kind, name, line)
    names["psm_5ead"] = sharing.made("SharedMemory", "psm_5ead", 9, size=4096, state="leaked")
    a, b, ledger = names["lock_a"], names["lock_b"], names["ledger"]
    for primitive, process in ((a, first), (b, second), (ledger, killed)):
        sharing.used(primitive, process, acquired=3, released=2)
        sharing.stands(primitive, process, "holds", 20, 40 * SECOND)
    for primitive, process in ((b, first), (a, second), (ledger, third)):
        sharing.used(primitive, process, contended=1)
        sharing.stands(primitive, process, "acquire", 21, 39 * SECOND)
    run.finish()
    return Stuck(run.key, names, (5102, 5103))
