"""Whether telemetry can be had at all, asked before a run exists: the state directory, the database, the collector."""

from __future__ import annotations

import os

from procscope.cli import lock
from procscope.cli.manifest import make_private
from procscope.runtime.errors import SpoolError, StoreError
from procscope.runtime.settings import Settings


def check(settings: Settings) -> None:
    """Raise SpoolError or StoreError, with the remedy, if a run could not be recorded."""
    _directories(settings)
    if lock.holder(settings.spool):  # it has the database open, so the 300 ms of asking can be saved
        return
    path = sqlite_path(settings)
    if path is None:
        _ask_the_store(settings)
    elif os.path.exists(path):
        _writable(path)
        _ask_the_store(settings)
    elif not os.access(_existing(os.path.dirname(path)), os.W_OK | os.X_OK):
        raise StoreError(f"no database can be made in {os.path.dirname(path)}: use --db with a directory you can write")


def start_collector(settings: Settings) -> str:
    """See to it that a collector serves this spool; what keeps it from its work, '' if nothing. Raises SpoolError."""
    from procscope.runtime.collector.start import ensure_running

    if not ensure_running(settings):
        log = os.path.join(settings.home, "collector.log")
        return f"the collector is slow to start, or {log} says why it cannot"
    found = lock.holder(settings.spool)
    return f"the collector cannot write ({found.error})" if found and found.error else ""


def sqlite_path(settings: Settings) -> str | None:
    """The database's file, or None if it is not SQLite."""
    url = settings.database_url
    return url.removeprefix("sqlite:///").partition("?")[0] if url.startswith("sqlite:///") else None


def _existing(directory: str) -> str:
    """`directory`, or the nearest one above it that is there: the rest will be made."""
    while not os.path.lexists(directory) and os.path.dirname(directory) != directory:
        directory = os.path.dirname(directory)
    return directory


def _directories(settings: Settings) -> None:
    for directory in (settings.home, settings.spool):
        try:
            make_private(directory)
        except OSError as error:
            raise SpoolError(
                f"{directory} cannot be used ({error.strerror}): set PROCSCOPE_STATE_DIR to a directory of your own"
            ) from None
        if not os.access(directory, os.W_OK | os.X_OK):
            raise SpoolError(f"{directory} is not writable: set PROCSCOPE_STATE_DIR to a directory of your own")


def _writable(path: str) -> None:
    if not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(f"the database {path} is not writable: use --db with another file")


def _ask_the_store(settings: Settings) -> None:
    from procscope.runtime.store.engine import open_engine

    open_engine(settings.database_url, read_only=True).dispose()
