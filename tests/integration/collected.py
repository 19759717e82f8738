"""A collector in this process, turned by hand, over journals this process writes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from procscope.runtime import clock, events
from procscope.runtime.collector.daemon import Collector
from procscope.runtime.collector.lock import Lock
from procscope.runtime.journal.segment import boot_id, start_ticks
from procscope.runtime.journal.writer import Identity, Journal, Region
from procscope.runtime.settings import Settings
from tests.support.waiting import wait_until

KEY = "abcdefabcdef"
POOL = 500
now = clock.mono_ns


class Spool:
    """A run's directory with a manifest, and a collector for it."""

    def __init__(self, home: Path, *, main: int = 0) -> None:
        self.settings = Settings(state_dir=str(home), sample_every=1e9)
        self.directory = Path(self.settings.spool) / KEY
        self.directory.mkdir(parents=True, mode=0o700)
        self.main = main or os.getpid()
        told = {
            "version": 1, "key": KEY, "name": "job", "argv": ["job.py"], "pid": self.main, "boot_id": boot_id().hex(),
            "start_ticks": start_ticks(self.main), "began_ns": time.time_ns(),
        }  # fmt: skip
        (self.directory / "run.json").write_text(json.dumps(told))
        self._open()

    def _open(self) -> None:
        self.lock = Lock(self.settings.spool)
        self.collector = Collector(self.settings, self.lock)

    def region(self, uid: int = 1, parent: int = 0, pool: int = 0) -> Region:
        """A region of a journal of that identity, written by this process."""
        return Journal(str(self.directory), Identity(KEY, uid, parent, pool)).region()

    def fork(self, uid: int, work: Callable[[Region], object], pool: int = POOL) -> int:
        """A worker that runs `work` with a region of its own and leaves; its pid."""
        pid = os.fork()
        if pid:
            return pid
        code = 70
        try:
            region = self.region(uid, 1, pool)
            region.rich(
                events.ProcessAlive(
                    now(), uid, 1, os.getpid(), os.getppid(), "worker", f"W-{uid}", pool, "", "fork", "3", ()
                )
            )
            work(region)
            code = 0
        finally:
            os._exit(code)

    def turn(self, times: int = 1) -> None:
        """Let the collector turn."""
        for _ in range(times):
            self.collector.turn()

    def until(self, statement: str, wanted: Any, seconds: float = 20) -> None:
        """Turn until a query's first row is `wanted`."""
        wait_until(lambda: self._turned(statement) == wanted, seconds, what=f"{statement} gives {wanted}")

    def _turned(self, statement: str) -> Any:
        self.collector.turn()
        rows = self.ask(statement)
        return rows[0] if rows else None

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        return [tuple(row) for row in self.collector.writer.fetch(statement)]

    def die(self) -> None:
        """The collector is gone without a word, and another comes."""
        self.collector.close()
        self.lock.close()
        self._open()

    def close(self) -> None:
        """Let go."""
        self.collector.close()
        self.lock.close()


def begin(region: Region, kind: str = "Pool") -> None:
    """The main process speaks and makes a pool."""
    region.rich(events.ProcessAlive(now(), 1, 0, os.getpid(), os.getppid(), "main", "main", 0, "", "fork", "3", ("j",)))
    region.rich(events.PoolOpened(now(), POOL, kind, 2, "images", "fork", 0, "", "job.py:1"))
