"""One collector a spool: whoever holds the flock on collector.lock, which also says how far it has got."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time

from procscope.runtime.errors import SpoolError

NAME = "collector.lock"
_ROOM = 1024
_ASKING = 0.3


def prepared(directory: str) -> str:
    """The spool directory, made with mode 0700; raises SpoolError where it is not ours or cannot be had."""
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        info = os.stat(directory)
    except OSError as error:
        raise SpoolError(
            f"the spool {directory} cannot be made ({error.strerror}): set PROCSCOPE_STATE_DIR to a writable place"
        ) from None
    if info.st_uid != os.geteuid():
        raise SpoolError(f"the spool {directory} belongs to another user: set PROCSCOPE_STATE_DIR to your own place")
    if stat.S_IMODE(info.st_mode) & 0o077:
        os.chmod(directory, 0o700)
    return directory


class Lock:
    """Holds the lock until closed. Raises SpoolError where another collector holds it."""

    def __init__(self, spool: str) -> None:
        path = os.path.join(prepared(spool), NAME)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise SpoolError(f"the lock {path} cannot be opened ({error.strerror}): remove it") from None
        if not _taken(self._descriptor):
            os.close(self._descriptor)
            raise SpoolError(f"a collector serves the spool {spool} already: there is no need for another")

    def tell(self, started: int, caught_up: int, error: str = "") -> None:
        """Rewrite in place: `started` and `caught_up` are wall ns; `error` says why nothing is written, if so."""
        content = {"pid": os.getpid(), "started": started, "caught_up": caught_up}
        text = json.dumps({**content, "error": error[:500]} if error else content)
        os.pwrite(self._descriptor, text.encode().ljust(_ROOM), 0)

    def close(self) -> None:
        """Let another collector have it."""
        os.close(self._descriptor)


def _taken(descriptor: int) -> bool:
    # Whoever only asks whether the lock is held takes it for a moment: that is no reason to leave.
    end = time.monotonic() + _ASKING
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)


def held(spool: str) -> bool:
    """Whether a collector serves the spool."""
    try:
        descriptor = os.open(os.path.join(spool, NAME), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
