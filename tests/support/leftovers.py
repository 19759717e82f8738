"""Ends the collectors that a test's programs started, and nobody else's."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import signal
from pathlib import Path

from tests.support.waiting import wait_until


def collector_of(lock: Path) -> int | None:
    """The pid of the collector that holds `lock`, or None. A lock nobody holds may name a pid of another life."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid_in(lock)
    finally:
        os.close(descriptor)
    return None


def _free(lock: Path) -> bool:
    return collector_of(lock) is None


def _pid_in(lock: Path) -> int | None:
    try:
        pid = json.loads(lock.read_text().strip("\0 \n"))["pid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if isinstance(pid, int) else None


def end_collectors(home: Path) -> None:
    """Ends every collector whose spool is in state directory `home` and waits until each has let go of its lock."""
    for lock in home.glob("spool*/collector.lock"):
        pid = collector_of(lock)
        if pid is None or pid == os.getpid():
            continue
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                break
            if wait_until(functools.partial(_free, lock), seconds=5, fail=False):
                break
