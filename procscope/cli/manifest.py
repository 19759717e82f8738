"""The manifest: `run.json` in the run's directory, by which the collector learns that a run began."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import socket
from typing import Any

from procscope.runtime import clock
from procscope.runtime.errors import SpoolError
from procscope.runtime.journal.segment import boot_id, start_ticks

VERSION = 1
FILE = "run.json"


def new_key() -> str:
    """A run key: 12 lowercase hex digits."""
    return os.urandom(6).hex()


def describe(key: str, name: str, argv: list[str], slow_ns: int) -> dict[str, Any]:
    """The manifest of a run whose main process is this one (exec keeps pid and start time).

    `slow_ns` is the setting of that name.
    """
    return {
        "version": VERSION,
        "key": key,
        "name": name,
        "argv": argv,
        "cwd": _or_empty(os.getcwd),
        "host": socket.gethostname(),
        "user": _or_empty(getpass.getuser),
        "python": platform.python_version(),
        "pid": os.getpid(),
        "start_ticks": start_ticks(),
        "boot_id": boot_id().hex(),
        "began_ns": clock.wall_ns(),
        "slow_ns": slow_ns,
        "notes": [],
    }


def write(spool: str, manifest: dict[str, Any]) -> str:
    """Make the run's directory in `spool` with the manifest in it; its path. Raises SpoolError."""
    directory = os.path.join(spool, manifest["key"])
    try:
        make_private(spool)
        os.mkdir(directory, 0o700)
        _write_file(os.path.join(directory, FILE), json.dumps(manifest).encode("ascii"))
    except OSError as error:
        raise SpoolError(f"{directory} cannot be made ({error.strerror})") from None
    return directory


def make_private(directory: str) -> None:
    """Make `directory` for our user alone, or check that it is; raises SpoolError if another user owns it."""
    os.makedirs(directory, 0o700, exist_ok=True)
    info = os.lstat(directory)
    if info.st_uid != os.geteuid():
        raise SpoolError(f"{directory} belongs to another user: set PROCSCOPE_STATE_DIR to a directory of your own")
    if info.st_mode & 0o077:
        os.chmod(directory, 0o700)


def _write_file(path: str, content: bytes) -> None:
    draft = path + ".new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(content)
    os.rename(draft, path)


def _or_empty(ask: Any) -> str:
    with contextlib.suppress(Exception):
        return str(ask())
    return ""
