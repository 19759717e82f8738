"""run.json: what whoever began a run says of it. Read without trust."""

from __future__ import annotations

import json
import os
import stat
from typing import Any

from procscope.runtime.collector.fold.state import Run

NAME = "run.json"
_LARGEST = 1 << 20


def is_run(spool: str, key: str) -> bool:
    """Whether a directory entry of the spool is a run's: named by hex digits, a real directory, ours."""
    if not (0 < len(key) <= 32 and all(digit in "0123456789abcdef" for digit in key)):
        return False
    try:
        info = os.lstat(os.path.join(spool, key))
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid()


def read(directory: str) -> dict[str, Any] | None:
    """The manifest, None where there is none (yet) or it makes no sense."""
    try:
        descriptor = os.open(os.path.join(directory, NAME), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        found = json.loads(os.read(descriptor, _LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    finally:
        os.close(descriptor)
    return found if isinstance(found, dict) else None


def apply(run: Run, told: dict[str, Any]) -> None:
    """Take over what is of the right type."""
    argv = told.get("argv")
    run.argv = json.dumps([str(word) for word in argv]) if isinstance(argv, list) else run.argv
    run.name = _text(told, "name") or run.name or run.key
    run.cwd, run.user, run.host = _text(told, "cwd"), _text(told, "user"), _text(told, "host") or run.host
    run.python = _text(told, "python")
    run.boot_id = (_text(told, "boot_id") or "").replace("-", "")
    identify(run, told)
    run.started_us = _whole(told, "began_ns") // 1000 or run.started_us
    notes = told.get("notes")
    if isinstance(notes, list) and notes:
        run.notes = json.dumps([str(note) for note in notes])


def identify(run: Run, told: dict[str, Any]) -> None:
    """Take over what no table keeps: the main process's pid and start time, and which items have rows."""
    run.main_pid, run.main_ticks = _whole(told, "pid"), _whole(told, "start_ticks")
    if "slow_ns" in told:
        run.slow_ns = -1 if told["slow_ns"] == -1 else _whole(told, "slow_ns")


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _whole(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**63 else 0
