"""The collector's lock file: who collects for a spool, and how far that one has come."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from typing import NamedTuple

FILE = "collector.lock"


class Holder(NamedTuple):
    """The collector at work. `caught_up` is wall ns: when its last pass that left nothing unread began.

    `error` says why it cannot write, '' if it can.
    """

    pid: int
    caught_up: int
    error: str = ""


def holder(spool: str) -> Holder | None:
    """The collector of `spool`, None where none is at work."""
    try:
        descriptor = os.open(os.path.join(spool, FILE), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        found = _read(descriptor)
        return found if found and _alive(found.pid) and _held(descriptor) else None
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Holder | None:
    # It is rewritten in place while we read: what does not parse is read again on the next look.
    with contextlib.suppress(ValueError, KeyError, TypeError):
        found = json.loads(os.pread(descriptor, 4096, 0).strip(b"\0 \n"))
        return Holder(int(found["pid"]), int(found.get("caught_up") or 0), str(found.get("error") or ""))
    return None


def _alive(pid: int) -> bool:
    # Asked before the lock is tried: trying it where nobody holds it could turn a starting collector away.
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
