"""SIGKILL of workers, of the collector and of the job at random moments: nothing written is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from procscope.runtime.events import State
from procscope.runtime.settings import Settings
from tests.chaos import job
from tests.support.leftovers import collector_of
from tests.support.waiting import wait_until

KILLS = int(os.environ.get("PROCSCOPE_TEST_CHAOS_KILLS") or os.environ.get("PROCSCOPE_CHAOS_KILLS") or 40)
WORKERS = 4
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def start(*words: str, home: Path) -> subprocess.Popen[bytes]:
    """A Python of ours in the background."""
    environment = {**os.environ, "PROCSCOPE_STATE_DIR": str(home), "PROCSCOPE_COLLECTOR_TICK": "0.02"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    return subprocess.Popen([sys.executable, *words], env=environment)


class Scene:
    """A job, its ledger, and a collector that is started again whenever it is gone."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.settings = Settings(state_dir=str(home))
        self.chance = random.Random(seed)
        ledger = home / "ledger"
        job.Ledger.create(str(ledger))
        self.ledger = job.Ledger(str(ledger))
        self.job = start("-m", "tests.chaos.job", str(home), str(ledger), str(WORKERS), home=home)
        self.collector = self._collect()

    def _collect(self) -> subprocess.Popen[bytes]:
        return start("-m", "procscope", "collect", home=self.home)

    def kill_someone(self) -> None:
        """A worker three times of four, else the collector; a moment later."""
        time.sleep(self.chance.random() * 0.08)
        if self.chance.random() < 0.75:
            pid = self.ledger.pid(self.chance.randrange(WORKERS))
            if pid and os.path.exists(f"/proc/{pid}"):
                os.kill(pid, signal.SIGKILL)
            return
        lock = Path(self.settings.spool) / "collector.lock"
        if self.chance.random() < 0.8:
            wait_until(lambda: collector_of(lock) == self.collector.pid, what="a collector holds the lock")
            time.sleep(self.chance.random() * 0.3)
        self.collector.kill()
        self.collector.wait()
        self.collector = self._collect()

    def end(self, *, killed: bool) -> None:
        """Let the job end, or kill it, and wait until the collector has told its end."""
        if killed:
            self.job.kill()
            self.job.wait()
            self.ledger.stop()
        else:
            self.ledger.stop()
            assert self.job.wait(60) == 0
        wait_until(self._told, 60, what="the run's end is in the database")

    def _told(self) -> bool:
        if self.collector.poll() is not None:
            self.collector = self._collect()
        rows = self.ask("SELECT state FROM runs")
        return bool(rows) and rows[0][0] != "running" and not (Path(self.settings.spool) / job.KEY).exists()

    def ask(self, statement: str) -> list[tuple[int | str, ...]]:
        """Rows of the database, [] before there is one."""
        path = self.home / "procscope.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            try:
                return list(connection.execute(statement))
            except sqlite3.OperationalError:
                return []

    def close(self) -> None:
        """Leave nothing behind."""
        self.ledger.stop()
        for process in (self.collector, self.job):
            if process.poll() is None:
                process.kill()
                process.wait()


@contextmanager
def scene(home: Path, seed: int) -> Iterator[Scene]:
    """A scene that is cleared up."""
    made = Scene(home, seed)
    try:
        yield made
    finally:
        made.close()


def check(found: Scene, *, job_killed: bool) -> None:
    """The database holds exactly what the ledger says was written."""
    numbers = found.ledger.numbers()
    rows = found.ask("SELECT number, state FROM tasks WHERE batch_id IS NULL")
    states = {int(number): int(state) for number, state in rows}
    assert len(states) == len(rows), "a task has two rows"
    plain = [number for number in numbers if not job.is_map(number)]
    assert set(plain) <= set(states), f"written and lost: {sorted(set(plain) - set(states))[:9]}"
    extra = set(states) - set(plain)
    assert not extra or (job_killed and extra == {max(numbers) + 1}), "a row nobody submitted"
    for number in plain:
        if found.ledger.get(number) == job.RAN:
            assert states[number] == State.SUCCEEDED, f"task {number} ran and is {State(states[number]).name}"
    assert not {State.PENDING, State.RUNNING} & set(states.values()), "a task is open for ever"
    _check_maps(found, [number for number in numbers if job.is_map(number)])
    _check_counts(found)


def _check_maps(found: Scene, numbers: list[int]) -> None:
    rows = found.ask("SELECT number, succeeded, failed, cancelled, lost FROM batches")
    batches = {int(row[0]): [int(n) for n in row[1:]] for row in rows}
    assert len(rows) == len(batches), "a batch has two rows"
    assert set(numbers) <= set(batches), "a batch was lost"
    for number in numbers:
        assert sum(batches[number]) == job.ITEMS, f"batch {number}: {batches[number]}"
        if found.ledger.get(number) == job.RAN:
            assert batches[number][0] == job.ITEMS, f"batch {number} ran and is {batches[number]}"


def by_state(found: Scene, statement: str) -> dict[int, int]:
    """State → number."""
    return {int(state): int(n) for state, n in found.ask(statement)}


def _check_counts(found: Scene) -> None:
    ((pending, running, *ended),) = found.ask(
        "SELECT pending, running, succeeded, failed, cancelled, lost FROM runs"
    )  # fmt: skip
    assert (pending, running) == (0, 0)
    single = by_state(found, "SELECT state, count(*) FROM tasks WHERE batch_id IS NULL GROUP BY state")
    ((good, bad, cancelled, lost),) = found.ask(
        "SELECT sum(succeeded), sum(failed), sum(cancelled), sum(lost) FROM batches"
    )  # fmt: skip
    in_batches = [int(n) for n in (good, bad, cancelled, lost)]
    wanted = [single.get(state, 0) + in_batches[state - 2] for state in (2, 3, 4, 5)]
    assert ended == wanted
    rolled = by_state(found, "SELECT state, sum(n) FROM task_rollups GROUP BY state")
    assert [rolled.get(state, 0) for state in (2, 3, 4, 5)] == wanted


@pytest.mark.parametrize("job_killed", [False, True], ids=["the job ends", "the job is killed"])
def test_random_kills_lose_nothing_and_double_nothing(state_dir: Path, job_killed: bool) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    with scene(state_dir, seed) as found:
        wait_until(lambda: found.ledger.numbers(), what="the job has begun")
        for _ in range(KILLS // 2):
            found.kill_someone()
        found.end(killed=job_killed)
        check(found, job_killed=job_killed)
        ((state, code),) = found.ask("SELECT state, exit_code FROM runs")
        assert state == ("killed" if job_killed else "finished")
        if job_killed:
            assert code in (-9, None)
