"""The collector as a process: one a spool, nobody's child, gone when idle, patient with its database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from procscope.runtime.collector import lock, loop
from procscope.runtime.collector.start import ensure_running
from procscope.runtime.errors import SpoolError, StoreError
from procscope.runtime.settings import Settings
from tests.integration.collected import Spool, begin
from tests.integration.test_collector_tail import submit
from tests.support.leftovers import collector_of
from tests.support.waiting import wait_until


def lock_of(settings: Settings) -> Path:
    return Path(settings.spool) / lock.NAME


def said(settings: Settings) -> dict[str, object]:
    """What the lock file says."""
    found = json.loads(lock_of(settings).read_text().strip("\0 \n") or "{}")
    assert isinstance(found, dict)
    return found


@contextmanager
def collecting(home: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`procscope collect --idle-exit` in the background."""
    environment = {**os.environ, "PROCSCOPE_STATE_DIR": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    environment.update({f"PROCSCOPE_{name.upper()}": value for name, value in settings.items()})
    process = subprocess.Popen([sys.executable, "-m", "procscope", "collect", "--idle-exit"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_collector_is_started_once_and_is_nobodys_child(state_dir: Path) -> None:
    settings = Settings(state_dir=str(state_dir), collector_idle=60)
    before = psutil.Process().children()
    assert wait_until(lambda: ensure_running(settings), 30, what="a collector holds the lock")
    pid = collector_of(lock_of(settings))
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)
    assert set(psutil.Process().children()) <= set(before)
    assert ensure_running(settings)
    assert collector_of(lock_of(settings)) == pid
    with pytest.raises(SpoolError, match="already"):
        loop.run(settings, False)


def test_sigterm_ends_it_cleanly(state_dir: Path) -> None:
    settings = Settings(state_dir=str(state_dir))
    with collecting(state_dir) as process:
        wait_until(lambda: lock_of(settings).exists() and said(settings).get("caught_up"), what="it turns")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not lock.held(settings.spool)


def test_it_leaves_when_there_is_nothing_to_do(state_dir: Path) -> None:
    with collecting(state_dir, collector_idle="0.2") as process:
        assert process.wait(30) == 0


def test_it_stays_while_a_run_is_live_and_says_how_far_it_is(state_dir: Path) -> None:
    spool = Spool(state_dir)
    spool.close()
    with collecting(state_dir, collector_idle="0.2") as process:
        wait_until(lambda: said(spool.settings).get("caught_up"), what="it turns")
        at = time.time_ns()
        wait_until(lambda: int(str(said(spool.settings).get("caught_up"))) > at, what="it has caught up with now")
        assert said(spool.settings)["pid"] == process.pid
        assert process.poll() is None


def test_asking_whether_it_runs_does_not_keep_it_from_starting(state_dir: Path) -> None:
    settings = Settings(state_dir=str(state_dir))
    with collecting(state_dir) as process:
        wait_until(lambda: lock_of(settings).exists() and lock.held(settings.spool), what="it holds the lock")
        assert process.poll() is None


def test_a_spool_of_another_user_is_refused(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(state_dir=str(state_dir))
    os.makedirs(settings.spool)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(SpoolError, match="another user"):
        ensure_running(settings)


def test_a_database_it_cannot_use_is_named(state_dir: Path) -> None:
    settings = Settings(state_dir=str(state_dir), db=str(state_dir))
    with pytest.raises(StoreError):
        loop.run(settings, False)


def test_a_locked_database_is_waited_for_and_nothing_is_lost(state_dir: Path) -> None:
    """A full or read-only disk, a lock: the journals keep what was written, the lock file says why."""
    spool = Spool(state_dir)
    main = spool.region()
    begin(main)
    spool.turn()
    submit(main, 1, 2, 3)
    real = spool.collector.writer.write
    failures: list[dict[str, object]] = []

    def fails_twice(changes: object) -> int:
        if len(failures) < 2:
            failures.append(json.loads(lock_of(spool.settings).read_text().strip()))
            raise StoreError("the database is locked by another program: end that program, or try again")
        failures.append(json.loads(lock_of(spool.settings).read_text().strip()))
        return real(changes)

    spool.collector.writer.write = fails_twice  # type: ignore[method-assign]
    spool.turn()
    assert "locked" in str(failures[2]["error"])
    assert "error" not in said(spool.settings)
    assert spool.ask("SELECT count(*) FROM tasks") == [(3,)]
    spool.close()


def test_a_database_that_was_removed_is_begun_anew(state_dir: Path) -> None:
    spool = Spool(state_dir)
    main = spool.region()
    begin(main)
    submit(main, 1)
    spool.turn()
    for name in ("procscope.db", "procscope.db-wal", "procscope.db-shm"):
        (state_dir / name).unlink(missing_ok=True)
    submit(main, 2)
    with pytest.raises(StoreError, match="removed"):
        spool.turn()
    spool.collector.reset()
    spool.turn(2)
    assert spool.ask("SELECT number FROM tasks ORDER BY number") == [(1,), (2,)]
    assert spool.ask("SELECT pending FROM runs") == [(2,)]
    spool.close()
