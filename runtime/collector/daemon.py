"""One turn of the daemon: reads the journals of all runs of a spool, writes the database, looks at the system."""

from __future__ import annotations

import gc
import os
import socket
import time

from procscope.runtime import clock
from procscope.runtime.collector import manifest, recover
from procscope.runtime.collector.aging import Aging
from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.seal import seal
from procscope.runtime.collector.fold.state import Found, ItemRow, Process, Run, World
from procscope.runtime.collector.follow import Follower
from procscope.runtime.collector.lock import Lock
from procscope.runtime.collector.reaper import Death, Reaper
from procscope.runtime.collector.rundir import RunDirectory
from procscope.runtime.collector.sampler import Sampler, sample_pools
from procscope.runtime.errors import StoreError
from procscope.runtime.settings import Settings
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.writer import Writer

ROWS_AT_ONCE = 10_000
_TIDY_EVERY = 300.0
_LOOK_EVERY = 1.0


class Collector:
    """Follows all runs of one spool. `turn` does everything once; `loop.run` keeps turning."""

    def __init__(self, settings: Settings, lock: Lock) -> None:
        self.settings = settings
        self.followers: dict[str, Follower] = {}
        self.behind = False
        self._lock = lock
        self._started = clock.wall_ns()
        self._caught_up = 0
        self._turn = 0
        self._last_full: dict[str, int] = {}
        self._done: set[str] = set()
        self._reaper = Reaper()
        self._sampler = Sampler()
        self._host = socket.gethostname()
        self._sampled = self._tidied = 0.0
        self._spool_seen = 0
        self._looked = 0.0
        self.stopping = False
        self._open()

    def _open(self) -> None:
        """Raises StoreError where the database cannot be used."""
        self.writer = Writer(open_engine(self.settings.database_url))
        self._file = _identity(self.writer)
        self.world = World(
            Changes(), self.writer.task_ids, self.writer.next_id, recover.functions(self.writer),
            self._find, self._load, self._items,
        )  # fmt: skip
        self._aging = Aging(self.writer)
        self._adopt()

    def _find(self, run_id: int, pool_id: int, number: int) -> Found | None:
        for row in reversed(self.world.changes.tasks):
            if row[5] == number and row[1] == run_id and (row[2] or 0) == pool_id and row[7] > 1:
                return Found(row[0], row[6], row[7], row[11], row[12], row[13], row[15], row[18], row[17])
        return recover.task(self.writer, run_id, pool_id, number)

    def _load(self, process_id: int) -> Process | None:
        return recover.process(self.writer, process_id)

    def _items(self, batch_id: int, first: int, end: int) -> dict[int, ItemRow]:
        return recover.items(self.writer, batch_id, first, end)

    def _adopt(self) -> None:
        """Runs that the database shows as running and whose directory is gone: their processes tell their end."""
        if recover.alone(self.writer, self._host, self.settings.spool):
            for key in recover.unfinished(self.writer, self._host):
                self._attach(key)

    def turn(self) -> None:
        """Everything once. Raises StoreError where the database cannot be read; what could not be written is kept."""
        self._turn += 1
        began = clock.wall_ns()
        self._look_for_runs()
        for death in self._reaper.deaths():
            self._tell(death)
        followers = list(self.followers.values())
        for follower in followers:
            follower.read()
        for follower in followers:
            key = follower.run.key
            follower.fold(ROWS_AT_ONCE, self._turn, self._last_full.get(key, 0))
            if follower.full:
                self._last_full[key] = self._turn
        now_us = clock.wall_ns() // 1000
        for follower in followers:
            running = follower.look(clock.mono_ns(), now_us)
            follower.reap()
            follower.settle(running, now_us)
        self._sample(now_us / 1e6)
        self._commit()
        self.behind = not all(follower.full for follower in followers)
        if all(follower.clear for follower in followers):
            self._caught_up = began
        self._leave(followers)
        self._lock.tell(self._started, self._caught_up)

    def _tell(self, death: Death) -> None:
        run_id, uid = death.key
        for follower in self.followers.values():
            if follower.run.id == run_id:
                follower.died(uid, death)

    def _look_for_runs(self) -> None:
        now = time.monotonic()
        try:
            seen = os.stat(self.settings.spool).st_mtime_ns
            if seen == self._spool_seen and now - self._looked < _LOOK_EVERY:
                return
            names = os.listdir(self.settings.spool)
        except OSError:
            return
        self._spool_seen, self._looked = seen, now
        for key in names:
            if key not in self.followers and key not in self._done and manifest.is_run(self.settings.spool, key):
                self._attach(key)

    def _attach(self, key: str) -> None:
        path = os.path.join(self.settings.spool, key)
        run = recover.run(self.writer, key)
        places = recover.places(self.writer, run.id) if run is not None else {}
        told = manifest.read(path)
        if run is None:
            if told is None and not _settled(path):
                return
            run = Run(self.writer.next_id("runs"), key, name=key, host=self._host, started_us=clock.wall_ns() // 1000)
            self._stand_in(run, told or {})
        elif told is not None:
            manifest.identify(run, told)
        recover.reconciled(run, places)
        directory = RunDirectory(path, run, places)
        self.followers[key] = Follower(self.world, directory, self._reaper, self._sampler)

    def _stand_in(self, run: Run, told: dict[str, object]) -> None:
        """The main process has a row from the start: it may never say anything."""
        manifest.apply(run, told)
        main = Process(self.writer.next_id("processes"), run.id, 0, kind="main", state="running")
        main.pid, main.start_ticks = run.main_pid, run.main_ticks or None
        main.boot_id, main.started_us, main.python = run.boot_id or None, run.started_us, run.python
        run.processes[0] = main
        self.world.changes.runs.add(run)
        self.world.changes.processes.add(main)

    def _sample(self, now: float) -> None:
        if not self.followers or now - self._sampled < self.settings.sample_every:
            return
        self._sampled = now
        changes = self.world.changes
        self._sampler.sample(changes, now)
        for follower in self.followers.values():
            follower.spend(clock.mono_ns())
        pools = [pool for follower in self.followers.values() for pool in follower.sampled_pools()]
        sample_pools(changes, pools, int(now))
        spool, pid = self.settings.spool, os.getpid()
        changes.collectors.append((self._host, spool, pid, self._started // 1000, int(now * 1e6)))
        live = [("samples", row[0]) for row in changes.samples]
        live += [("pool_samples", pool.id) for pool in pools]
        live.append(("host_samples", self._sampler.host_name))
        for follower in self.followers.values():
            live += [("channel_samples", number) for number in follower.sample_channels(int(now))]
        for table, owner in live:
            self._aging.follow(table, owner, now)
        self._aging.work(now, live)

    def _commit(self) -> None:
        seal(self.world, {follower.run.id: follower.run for follower in self.followers.values()})
        for follower in self.followers.values():
            follower.before_commit()
        changes = self.world.changes
        if not changes.empty:
            self._write(changes)
        self.world.changes = Changes()
        for follower in self.followers.values():
            follower.after_commit()

    def _write(self, changes: Changes) -> None:
        """Write until it is written: the journals keep what follows. Raises StoreError where that makes no sense."""
        pause = 0.1
        while True:
            try:
                self._same_file()
                self.writer.write(changes)
                return
            except StoreError as error:
                self._lock.tell(self._started, self._caught_up, str(error))
                if self.stopping or _identity(self.writer) != self._file:
                    raise
                time.sleep(pause)
                pause = min(5.0, pause * 2)

    def _same_file(self) -> None:
        if _identity(self.writer) != self._file:
            raise StoreError("the database file was removed or replaced: procscope begins it anew")

    def reset(self) -> None:
        """Forget everything and begin from what the database holds. Raises StoreError where it cannot be used."""
        self.close()
        self._reaper, self._sampler = Reaper(), Sampler()
        self.followers, self._done = {}, set()
        self._last_full = {}
        self._spool_seen = 0
        self._open()

    def _leave(self, followers: list[Follower]) -> None:
        for follower in followers:
            if follower.over:
                follower.close()
                follower.remove()
                key = follower.run.key
                del self.followers[key]
                self._last_full.pop(key, None)
                self._done.add(key)

    def tidy(self) -> None:
        """Collect cyclic garbage now and then: it is off otherwise, since a million open tasks would be walked."""
        now = time.monotonic()
        if now - self._tidied > _TIDY_EVERY:
            self._tidied = now
            gc.collect()

    def failed(self, error: Exception) -> None:
        """Say in the lock file why nothing is written."""
        self._lock.tell(self._started, self._caught_up, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Let go of all files, processes and the database."""
        for follower in self.followers.values():
            follower.close()
        self._sampler.close()
        self._reaper.close()
        self.writer.close()


def _identity(writer: Writer) -> tuple[int, int] | None:
    """Device and inode of a SQLite file, None for a server."""
    name = getattr(writer.engine, "procscope_name", "")
    if writer.engine.dialect.name != "sqlite":
        return None
    try:
        info = os.stat(name)
    except OSError:
        return (0, 0)
    return (info.st_dev, info.st_ino)


def _settled(path: str) -> bool:
    """Whether a directory without a manifest is old enough to go without."""
    try:
        return time.time() - os.stat(path).st_mtime > 2.0
    except OSError:
        return False
