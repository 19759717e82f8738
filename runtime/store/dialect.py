"""The one seam between SQLite and PostgreSQL: everything the two do not speak alike."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from procscope.runtime.errors import StoreError

BUSY_MS = 10_000
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


def shown(url: URL) -> str:
    """What messages call the database: its path, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(password=None, query={}).render_as_string()


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
            return _read_connection(path) if read_only else _write_connection(path)
        except OSError as error:
            raise explained(url, error) from None

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=24)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _opened(uri: str) -> sqlite3.Connection:
    # isolation_level None: the driver's own BEGIN comes too late for a snapshot and never for DDL.
    return sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)


def _write_connection(path: str) -> sqlite3.Connection:
    _create_private(path)
    connection = _opened(f"file:{quote(path)}?mode=rw")
    try:
        if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=NORMAL", "foreign_keys=OFF", "cache_size=-65536", "temp_store=MEMORY"):
            connection.execute("PRAGMA " + pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _make_private(directory: str) -> None:
    # makedirs gives its mode to the last directory only, the umask's to those above.
    if os.path.isdir(directory):
        return
    _make_private(os.path.dirname(directory))
    with suppress(FileExistsError):
        os.mkdir(directory, 0o700)


def _create_private(path: str) -> None:
    _make_private(os.path.dirname(path))
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)


def _read_connection(path: str) -> sqlite3.Connection:
    os.stat(path)
    try:
        return _prepared_reader(f"file:{quote(path)}?mode=ro")
    except sqlite3.OperationalError:
        # A WAL database in a directory we may not write can still be read, as long as nobody writes it.
        if os.access(os.path.dirname(path), os.W_OK) or os.path.exists(path + "-wal"):
            raise
        return _prepared_reader(f"file:{quote(path)}?mode=ro&immutable=1")


def _prepared_reader(uri: str) -> sqlite3.Connection:
    connection = _opened(uri)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
        for pragma in ("query_only=ON", "cache_size=-32768", "mmap_size=1073741824", "temp_store=MEMORY"):
            connection.execute("PRAGMA " + pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def explained(url: URL, error: BaseException) -> StoreError:
    """The one sentence for a failure to reach or use the database at `url`."""
    name, words = shown(url), str(error).splitlines()[0] if str(error) else type(error).__name__
    if url.get_backend_name() != "sqlite":
        return StoreError(f"the database {name} cannot be used ({_secretless(url, words)}): is the server up?")
    for sign, remedy in _SQLITE_REMEDIES.items():
        if sign in words:
            return StoreError(f"the database {name} {remedy}")
    if isinstance(error, OSError):
        return StoreError(_os_sentence(name, error))
    return StoreError(f"the database {name} cannot be used ({words}): give another with --db")


_SQLITE_REMEDIES = {
    "not a database": "is not a SQLite database: give another file with --db",
    "malformed": "is damaged: recover it with sqlite3's .recover, or give another file with --db",
    "readonly": "is read-only: make the file and its directory writable, or give another with --db",
    "unable to open": "cannot be opened: check the permissions of the file and its directory, or use another with --db",
    "locked": "is locked by another program: end that program, or try again",
    "full": "cannot grow because the disk is full: free some space, or run procscope prune --older 7d",
    "disk I/O": "cannot be read because of a disk error: check the disk, or give another with --db",
}


def _os_sentence(name: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and not os.path.isdir(os.path.dirname(name)):
        return f"there is no directory for the database {name}, and none can be made: give another with --db"
    if isinstance(error, FileNotFoundError):
        return f"there is no database at {name}: run a program with procscope run first, or give another with --db"
    if isinstance(error, PermissionError):
        return f"the database {name} may not be opened by this user: check its permissions, or give another with --db"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return f"the database {name} cannot be created because a part of its path is a file: give another with --db"
    return f"the database {name} cannot be opened ({error.strerror}): give another with --db"


def _secretless(url: URL, words: str) -> str:
    return words.replace(str(url.password), "***") if url.password else words


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
