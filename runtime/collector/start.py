"""Make sure a collector serves the spool. Standard library only."""

from __future__ import annotations

import os
import sys
import time

import procscope
from procscope.runtime import detach
from procscope.runtime.collector import lock
from procscope.runtime.settings import Settings

PATIENCE = 2.0


def ensure_running(settings: Settings) -> bool:
    """Start a collector unless one holds the lock; true once one does, false if none did within 2 seconds.

    Raises SpoolError where the spool cannot be used. Two that start one at once are no harm: the second leaves.
    """
    lock.prepared(settings.spool)
    if lock.held(settings.spool):
        return True
    command = [sys.executable, "-m", "procscope", "collect", "--idle-exit"]
    detach.detached(command, environment(settings), os.path.join(settings.home, "collector.log"))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if lock.held(settings.spool):
            return True
        time.sleep(0.01)
    return False


def environment(settings: Settings) -> dict[str, str]:
    """The collector's: these settings with absolute paths, no run of its own, and the way to our package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROCSCOPE_")}
    told = settings.overlaid({"run": "", "state_dir": settings.home})
    if settings.db:
        told = told.overlaid({"db": settings.database_url})
    root = os.path.dirname(os.path.abspath(next(iter(procscope.__path__))))
    paths = [path for path in kept.get("PYTHONPATH", "").split(os.pathsep) if path]
    kept["PYTHONPATH"] = os.pathsep.join([root, *map(os.path.abspath, paths)])
    return {**kept, **told.to_environment()}
