"""The one seam between SQLite and PostgreSQL: everything the two do not speak alike."""

from __future__ import annotations

import os
import sqlite3
import stat
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from procscope.runtime.errors import StoreError
from procscope.runtime.store import sqlite_files
from procscope.runtime.store.remedies import explained

_MIGRATION_LOCK = 0x70726F63


def parsed(url: str) -> URL:
    """`url` as SQLAlchemy's; a bare path means SQLite. Raises StoreError on what is neither."""
    if "://" not in url or url.startswith("sqlite:"):
        return _file_url(url.removeprefix("sqlite:///"))
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("the database URL cannot be read: use a file path or postgresql://host/name") from None
    if found.get_backend_name() != "postgresql":
        raise StoreError(f"databases of type {found.get_backend_name()} are not known: use SQLite or PostgreSQL")
    return found


def _file_url(path: str) -> URL:
    # Taken as it stands: a file may have ? and # in its name, which a URL parser would cut off.
    if not path or path.startswith("sqlite:") or path.endswith("/") or os.path.isdir(path):
        raise StoreError("a SQLite database needs the path of a file: use sqlite:////absolute/path.db")
    return URL.create("sqlite", database=os.path.abspath(path))


def engine_for(url: URL, *, read_only: bool) -> Engine:
    """An engine with a connection pool; nothing is connected yet. Raises StoreError where no driver is installed."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, read_only=read_only)
    options = {"postgresql_readonly": True} if read_only else {}
    try:
        return create_engine(url, pool_pre_ping=True, execution_options=options)
    except ModuleNotFoundError as error:
        raise StoreError(f"PostgreSQL needs the driver {error.name}: pip install 'procscope[postgres]'") from None
    except ArgumentError:
        raise StoreError(f"there is no driver {url.drivername}: use postgresql+psycopg://host/name") from None


def _sqlite(url: URL, *, read_only: bool) -> Engine:
    path = str(url.database)

    def connect() -> sqlite3.Connection:
        try:
            return sqlite_files.reader(path) if read_only else sqlite_files.writer(path)
        except OSError as error:
            raise explained(url, error) from None

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=24)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def writable(url: URL) -> bool:
    """Whether opening `url` for writing can succeed, as far as that can be told without trying."""
    if url.get_backend_name() != "sqlite":
        return True
    path = str(url.database)
    return os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK)


def is_file(url: URL) -> bool:
    """Whether `url` names a SQLite database that exists; true for servers."""
    if url.get_backend_name() != "sqlite":
        return True
    try:
        return stat.S_ISREG(os.stat(str(url.database)).st_mode)
    except OSError:
        return False


def lock_for_migration(connection: Connection) -> None:
    """Let one process migrate at a time. SQLite's BEGIN IMMEDIATE has done so already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")


def give_back_space(engine: Engine, pages: int) -> bool:
    """Return up to `pages` freed pages to the file system; whether there are more.

    PostgreSQL's autovacuum does so by itself.
    """
    if engine.dialect.name != "sqlite":
        return False
    connection: Any = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
        return bool(cursor.execute("PRAGMA freelist_count").fetchone()[0])
    finally:
        connection.close()


def any_case_like(name: str) -> str:
    """The operator that matches a pattern in any case, in dialect `name`; SQLite folds ASCII only."""
    return "ILIKE" if name == "postgresql" else "LIKE"
