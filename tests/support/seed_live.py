"""The seeded live run: a busy Pool, an executor, a stuck task, a killed worker, failures, drops and notes."""

from __future__ import annotations

from dataclasses import dataclass

from procscope.runtime.events import State
from procscope.runtime.store import schema
from tests.support import seed_samples, seed_sharing
from tests.support.seed_book import Book
from tests.support.seed_rows import REFUSED, SECOND, TRUNCATED, Pool, Run, durations, failure

AGE_US = 362 * SECOND
STUCK_ITEM = 17
STUCK_US = 252 * SECOND
"""38 times 6.6 s, which is the p99 of the seeded resize()."""


@dataclass(frozen=True)
class Live:
    """What a test may want to point at; ids are rows'."""

    run: str
    stuck_task: int
    lost_task: int
    failed_task: int
    images: int
    fetch: int
    stuck_process: int
    dead_process: int


class LiveRun:
    """Writes the live run into `book`; `workers` and `tasks` are split between the pool and the executor."""

    def __init__(self, book: Book, now_us: int, tasks: int, workers: int) -> None:
        self.book, self.now, self.tasks = book, now_us, tasks
        note = "multiprocessing.managers: proxies are not observed (billiard is not supported)"
        self.run = Run(
            book, "4f21c9aa01bd", "nightly.py", ["nightly.py", "--all"], "running", now_us - AGE_US, notes=[note]
        )
        self.main = self.run.process(
            4101,
            "main",
            "MainProcess",
            daemon=False,
            cpu=4.0,
            rss=seed_samples.latest(book.ids["processes"] + 1, False)[1],
        )
        self.manager = self.run.process(4110, "manager", "SyncManager-1", parent_id=self.main, cpu=0.0, rss=24 << 20)
        half = max(2, workers // 2)
        self.images = Pool(self.run, "Pool", "images", half, self.main)
        self.fetch = Pool(self.run, "ProcessPoolExecutor", "fetch", max(1, workers - half), self.main)
        self.resize, self.load, self.get = (book.func(f"nightly.{name}") for name in ("resize", "load", "fetch"))

    def write(self) -> Live:
        """Everything, in an order in which ids grow with time."""
        done = max(62, self.tasks // 2)
        batch, loads = self._batches(done)
        dead, stuck = self._workers(batch, loads)
        failed = self._resized(batch, done)
        lost = self._loaded(loads, dead)
        running = self._stuck(batch, stuck)
        self._fetched(max(20, self.tasks // 4))
        self.images.add(State.PENDING, self.total - done - len(self.images.members) + 1)
        self._close(stuck, dead)
        seed_sharing.healthy(self.book, self.run, self.main, self.images.members, self.now)
        return Live(self.run.key, running, lost, failed, self.images.id, self.fetch.id, stuck, dead)

    def _batches(self, done: int) -> tuple[int, int]:
        self.total = round(done / 0.62)
        common = {"run_id": self.run.id, "pool_id": self.images.id, "submitted_us": self.run.started_us + SECOND}
        batch = self.book.add(
            "batches", number=1, func_id=self.resize, method="imap_unordered", total=self.total, chunksize=1,
            running=self.images.size - 1, succeeded=done - 1, failed=1, busy_us=done * 1_500_000, **common,
        )  # fmt: skip
        loads = self.book.add(
            "batches", number=7, func_id=self.load, method="imap", total=40, chunksize=1, running=1, succeeded=23,
            lost=1, folded=0, busy_us=23 * 40_000, **common,
        )  # fmt: skip
        return batch, loads

    def _workers(self, batch: int, loads: int) -> tuple[int, int]:
        self.dead_us = self.now - 120 * SECOND
        for i in range(self.images.size):
            self.images.members.append(self._worker(self.images, 4127 + i + (i >= 4), i, self._busy(i, batch)))
        dead = self._worker(
            self.images, 4131, 90,
            {"state": "killed", "exit_code": -9, "signal": 9, "reason": "killed by SIGKILL", "ended_us": self.dead_us,
             "current_task": 7, "current_func": self.load, "current_index": 23, "cpu": 97.0, "rss": 2040109465,
             "current_since_us": self.dead_us - 3_208_000, "current_args": "'s3://bucket/23'", "tasks_done": 11},
        )  # fmt: skip
        base = 4128 + self.images.size
        for i in range(self.fetch.size):
            self.fetch.members.append(self._worker(self.fetch, base + i, i, {}))
        return dead, self.images.members[0]

    def _busy(self, i: int, batch: int) -> dict[str, object]:
        since = self.now - (STUCK_US if i == 0 else 200_000 if i == 1 else 400_000 + i)
        if i == 1:
            return {"current_task": 7, "current_func": self.load, "current_index": 24, "current_since_us": since,
                    "current_args": "'s3://bucket/24'"}  # fmt: skip
        if i == self.images.size - 1:
            return {}
        name = "'IMG_0231.png', 4096" if i == 0 else f"'IMG_{4000 + i}.png', 1024"
        return {"current_task": 1, "current_func": self.resize, "current_index": STUCK_ITEM if i == 0 else 300 + i,
                "current_since_us": since, "current_args": name}  # fmt: skip

    def _worker(self, pool: Pool, pid: int, i: int, values: dict[str, object]) -> int:
        cpu, rss = seed_samples.latest(self.book.ids["processes"] + 1, pid == 4127)
        name = f"SpawnPoolWorker-{i + 1}" if pool.kind == "Pool" else f"SpawnProcess-{i + 1}"
        row = {"parent_id": self.main, "pool_id": pool.id, "cpu": cpu, "rss": rss, "threads": 3, "fds": 12,
               "os_state": "sleeping", "tasks_done": 40}  # fmt: skip
        return self.run.process(pid, "worker", name, **{**row, **values})

    def _resized(self, batch: int, done: int) -> int:
        took, span, failed = durations(1.51, 0.637), AGE_US - 2 * SECOND, 0
        for i in (i for i in range(done + 1) if i != STUCK_ITEM):
            ended = self.run.started_us + SECOND + (i + 1) * span // (done + 1)
            failed = (
                self._ended(self.images, self.resize, batch, i, ended, took[i % 4096], i == done * 4 // 5) or failed
            )
        return failed

    def _ended(self, pool: Pool, func: int, batch: int | None, i: int, ended: int, duration: int, fails: bool) -> int:
        member = pool.members[i % len(pool.members)]
        raised = TRUNCATED if batch else REFUSED
        broken = failure(self.run, raised, ended, func=func, process=member, task=self.book.ids["tasks"] + 1)\
            if fails else None  # fmt: skip
        state = State.FAILED if fails else State.SUCCEEDED
        args = f"'IMG_{i:04}.png', 1024" if batch else f"'https://img.example/{i}'"
        number, submitted = (1, self.run.started_us + SECOND) if batch else (i, ended - duration - 700)
        task = self.book.task(
            (self.run.id, pool.id, batch, i if batch else None, number, func, state, member, args, submitted,
             max(submitted, ended - duration), ended, duration, broken, None)
        )  # fmt: skip
        pool.add(state)
        return task if fails else 0

    def _loaded(self, loads: int, dead: int) -> int:
        submitted = self.run.started_us + SECOND
        for i, duration in enumerate(durations(0.04, 0.42, 23)):
            ended = self.dead_us - (24 - i) * SECOND
            self.book.task(
                (self.run.id, self.images.id, loads, i, 7, self.load, State.SUCCEEDED, dead, f"'s3://bucket/{i}'",
                 submitted, ended - duration, ended, duration, None, None)
            )  # fmt: skip
            self.images.add(State.SUCCEEDED)
        self.images.add(State.LOST)
        self.images.add(State.RUNNING)
        self.images.add(State.PENDING, 15)
        return self.book.task(
            (self.run.id, self.images.id, loads, 23, 7, self.load, State.LOST, dead, "'s3://bucket/23'", submitted,
             self.dead_us - 3_208_000, self.dead_us, 3_208_000, None, "worker 4131 was killed by SIGKILL")
        )  # fmt: skip

    def _stuck(self, batch: int, process: int) -> int:
        self.images.add(State.RUNNING, self.images.size - 2)
        return self.book.task(
            (self.run.id, self.images.id, batch, STUCK_ITEM, 1, self.resize, State.RUNNING, process,
             "'IMG_0231.png', 4096", self.run.started_us + SECOND, self.now - STUCK_US, None, None, None, None)
        )  # fmt: skip

    def _fetched(self, n: int) -> None:
        took = durations(0.007, 0.25)
        for i in range(n):
            ended = self.now - (n - i) * (AGE_US - 2 * SECOND) // n
            self._ended(self.fetch, self.get, None, i, ended, took[i % 4096], i in (n // 2, n - 2))

    def _close(self, stuck: int, dead: int) -> None:
        self.run.dropped = 37
        self.images.finish(self.now - SECOND // 5)
        self.fetch.finish(self.now - SECOND // 9)
        self.run.finish()
        self.book.flush()
        alive = [self.main, self.manager, *self.images.members, *self.fetch.members]
        seed_samples.processes(self.book, alive, self.now, stuck=stuck, dead=dead, dead_us=self.dead_us)
        live = (self.images, self.fetch)
        rates = [sum(pool.counts[2:]) * SECOND / AGE_US for pool in live]
        seed_samples.pools(self.book, live, self.now, rates)
        seed_samples.host(self.book, self.now)
        drop = (self.run.id, self.images.members[1], "spool_full", 37, self.now - 90 * SECOND, self.now - 88 * SECOND)
        self.book.bulk(schema.drops, ("run_id", "process_id", "reason", "n", "first_us", "last_us"), [drop])
