"""The schema's versions: what the files make, who makes it, and what is refused."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

import procscope.migrations
from procscope.runtime.errors import StoreError
from procscope.runtime.store import dialect
from procscope.runtime.store import engine as engines
from procscope.runtime.store.engine import REVISIONS, migrate, open_engine
from procscope.runtime.store.schema import metadata


def set_revision(path: Path, revision: str) -> None:
    """Pretend that another version wrote the file."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def test_the_files_make_what_the_schema_says(tmp_path: Path) -> None:
    """A column that only fresh databases have fails on everybody's own machine but the developer's."""
    engine = open_engine(str(tmp_path / "a.db"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = {row[0]: row[1] for row in connection.execute(text("SELECT name, sql FROM sqlite_master"))}
    declared = create_engine("sqlite://")
    metadata.create_all(declared)
    with declared.connect() as connection:
        wanted = {row[0]: row[1] for row in connection.execute(text("SELECT name, sql FROM sqlite_master"))}
    # Comparing metadata does not see partial indexes and tables without rowid; their statements do.
    for name, sql in wanted.items():
        assert squeezed(made[name]) == squeezed(sql), name
    engine.dispose()
    declared.dispose()


def squeezed(sql: str | None) -> str:
    """A statement without its spaces."""
    return "".join((sql or "").split())


def test_the_code_knows_every_file() -> None:
    """A revision that the code does not list is taken for a later version's."""
    config = Config()
    config.set_main_option("script_location", procscope.migrations.__path__[0])
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS


def test_migrating_again_does_nothing(tmp_path: Path) -> None:
    """Everybody who opens the file for writing migrates it."""
    engine = open_engine(str(tmp_path / "a.db"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO functions (id, name) VALUES (1, 'f')"))
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM functions")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_later_version_is_refused_in_one_sentence(tmp_path: Path, read_only: bool) -> None:
    """Writing into a layout one does not know destroys it."""
    path = tmp_path / "a.db"
    open_engine(str(path)).dispose()
    set_revision(path, "0999")
    with pytest.raises(StoreError) as caught:
        open_engine(str(path), read_only=read_only)
    assert str(path) in str(caught.value)
    assert "later version" in str(caught.value)
    assert "upgrade" in str(caught.value)


def test_readers_migrate_an_older_file_if_they_may(tmp_path: Path) -> None:
    """The dashboard of the new version, opened on last week's file."""
    path = tmp_path / "a.db"
    path.touch()
    open_engine(str(path), read_only=True).dispose()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == REVISIONS[-1]
    engine.dispose()


def test_readers_that_may_not_say_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive mounted read-only cannot be migrated: the message must not be a missing column."""
    path = tmp_path / "a.db"
    path.touch()
    monkeypatch.setattr(dialect, "writable", lambda _url: False)
    with pytest.raises(StoreError, match="older version and cannot be written: make it writable once"):
        open_engine(str(path), read_only=True)


def test_a_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a schema opens for nobody."""
    path = tmp_path / "a.db"
    upgrade = engines._upgrade

    def fails(connection: Connection) -> None:
        upgrade(connection)
        raise StoreError("the lights went out")

    with monkeypatch.context() as patched:
        patched.setattr(engines, "_upgrade", fails)
        with pytest.raises(StoreError, match="lights"):
            open_engine(str(path))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    engine.dispose()
    open_engine(str(path)).dispose()


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Collector, dashboard and command line start in the same second on a fresh machine."""
    context = multiprocessing.get_context("spawn")
    path = str(tmp_path / "new" / "a.db")
    processes = [context.Process(target=_open, args=(path,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert os.path.exists(path)


def _open(path: str) -> None:
    open_engine(path).dispose()
