"""Waiting until the database holds what had happened when a command was typed."""

from __future__ import annotations

import os
import time

from procscope.cli import lock
from procscope.cli.manifest import FILE as MANIFEST
from procscope.runtime import clock
from procscope.runtime.errors import ProcscopeError
from procscope.runtime.settings import Settings

PATIENCE = 2.0
_PAUSE = 0.02


def settle(settings: Settings, *, since: int | None = None, patience: float = PATIENCE) -> bool:
    """Wait until the collector has read everything written before `since` (wall ns; default: now).

    Starts a collector where runs lie uncollected and none is at work. False if `patience` seconds were not
    enough, or nobody can collect: what is asked then is answered from what the database has.
    """
    wanted = clock.wall_ns() if since is None else since
    end = time.monotonic() + patience
    started = False
    while True:
        found = lock.holder(settings.spool)
        if found and found.caught_up >= wanted:
            return True
        if found is None and not started:
            if not _uncollected(settings.spool):
                return True
            started = _start(settings)
            if not started:
                return False
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE)


def caught_up(settings: Settings, since: int) -> bool:
    """Whether the collector has read everything written before `since` (wall ns)."""
    found = lock.holder(settings.spool)
    return found is not None and found.caught_up >= since


def _uncollected(spool: str) -> bool:
    try:
        with os.scandir(spool) as entries:
            return any(os.path.exists(os.path.join(entry.path, MANIFEST)) for entry in entries)
    except OSError:
        return False


def _start(settings: Settings) -> bool:
    from procscope.runtime.collector.start import ensure_running

    try:
        return ensure_running(settings)
    except (ProcscopeError, OSError):
        return False
