"""Connections to SQLite files: private from the first moment, readers that never write."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from urllib.parse import quote

BUSY_MS = 10_000


def _opened(uri: str) -> sqlite3.Connection:
    # isolation_level None: the driver's own BEGIN comes too late for a snapshot and never for DDL.
    return sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)


def writer(path: str) -> sqlite3.Connection:
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


def reader(path: str) -> sqlite3.Connection:
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
        for pragma in ("query_only=ON", "cache_size=-32768", "temp_store=MEMORY"):
            connection.execute("PRAGMA " + pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
