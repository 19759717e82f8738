"""Forgetting old runs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.pruner import prune
from procscope.runtime.store.queries import Store
from tests.contract.conftest import NOW
from tests.support.seed import seed

HOUR_US = 3_600_000_000


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The seeded picture, to be changed."""
    seed(url, now_us=NOW, tasks=800)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def rows(engine: Engine, sql: str) -> int:
    """The number that `sql` asks for."""
    with engine.connect() as connection:
        return int(connection.execute(text(sql)).scalar() or 0)


def no_pause(_seconds: float) -> None:
    """Tests need not be polite."""


def test_old_runs_go_with_all_that_is_theirs(engine: Engine) -> None:
    """Rows without a run are found by no page and fill the disk for ever."""
    done = prune(engine, NOW - 4 * HOUR_US, chunk=7, pause=no_pause)
    assert (done.runs, done.failures) == (2, 2)
    assert done.tasks == 100
    gone = "run_id NOT IN (SELECT id FROM runs)"
    for name in ("tasks", "failures", "processes", "pools", "batches", "task_rollups", "duration_rollups", "drops"):
        assert rows(engine, f"SELECT count(*) FROM {name} WHERE {gone}") == 0, name
    assert [run.name for run in Store(engine).runs(10)] == ["nightly.py", "thumbs.py", "train.py"]


def test_a_live_run_stays_whatever_its_age(engine: Engine) -> None:
    """A service that runs for months must not lose its own past under its feet."""
    before = rows(engine, "SELECT count(*) FROM tasks t JOIN runs r ON r.id = t.run_id WHERE r.state = 'running'")
    done = prune(engine, NOW + 1000 * HOUR_US, chunk=100, pause=no_pause)
    assert done.runs == 4
    assert rows(engine, "SELECT count(*) FROM tasks") == before
    assert rows(engine, "SELECT count(*) FROM samples") > 0
    assert prune(engine, NOW + 1000 * HOUR_US, pause=no_pause).runs == 0


def test_what_was_cut_off_is_finished_the_next_time(engine: Engine) -> None:
    """A pruner that is killed half-way must not leave half a run for ever."""
    calls = 0

    def killed(_seconds: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prune(engine, NOW - 4 * HOUR_US, chunk=7, pause=killed)
    assert prune(engine, NOW - 4 * HOUR_US, chunk=1000, pause=no_pause).runs == 2
    assert rows(engine, "SELECT count(*) FROM tasks WHERE run_id NOT IN (SELECT id FROM runs)") == 0


def test_the_file_gets_smaller(engine: Engine, backend: str) -> None:
    """A disk that is full stays full, and prune was the remedy the message named."""
    if backend != "sqlite":
        pytest.skip("the server's autovacuum does it")
    assert prune(engine, NOW, pause=no_pause).runs == 4
    assert rows(engine, "PRAGMA freelist_count") == 0
    path = rows_text(engine, "SELECT file FROM pragma_database_list")
    engine.dispose()
    assert os.path.getsize(path) < 700_000


def rows_text(engine: Engine, sql: str) -> str:
    """The text that `sql` asks for."""
    with engine.connect() as connection:
        return str(connection.execute(text(sql)).scalar())
