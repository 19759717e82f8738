"""Where other processes are: forked ones inherit faulthandler's readiness to say so on a signal."""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import os
import signal
import tempfile
import time

_PATIENCE = 0.5
_HIGH = 900
"""Programs close and reuse low descriptors."""
_MOST = 6000
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
"""Files of ours begin so."""


class Stacks:
    """Made before the workers are: a process that was not forked from here since does not know the signal."""

    def __init__(self) -> None:
        self._signal = signal.SIGRTMIN + 9
        self._file = -1
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            self._file = _unnamed()
            faulthandler.register(self._signal, self._file, all_threads=True, chain=False)

    def of(self, pid: int) -> str:
        """The stacks of a process's threads, innermost first; '' where it cannot say."""
        if self._file < 0 or not self._listens(pid):
            return ""
        with contextlib.suppress(OSError):
            start = os.fstat(self._file).st_size
            os.kill(pid, self._signal)
            return _its_own(os.pread(self._file, self._grown(start) - start, start).decode("utf-8", "replace"))
        return ""

    def _grown(self, start: int) -> int:
        """The file's size when it has grown and stopped to."""
        end, size = time.monotonic() + _PATIENCE, start
        while time.monotonic() < end:
            time.sleep(0.03)
            now = os.fstat(self._file).st_size
            if now == size != start:
                break
            size = now
        return size

    def _listens(self, pid: int) -> bool:
        """Whether it catches the signal (it would die of it else), and the descriptor is still that file there."""
        try:
            with open(f"/proc/{pid}/status") as file:
                caught = next(line for line in file if line.startswith("SigCgt"))
            there, here = os.stat(f"/proc/{pid}/fd/{self._file}"), os.fstat(self._file)
        except (OSError, StopIteration):
            return False
        same = (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
        return same and bool(int(caught.split()[1], 16) >> (self._signal - 1) & 1)


def _its_own(text: str) -> str:
    """Without our frames, and without those that it was forked in."""
    kept, below = [], False
    for line in text.strip().splitlines():
        frame = line.startswith("  File ")
        below = frame and (below or line.endswith(" in _bootstrap"))
        if not below and HERE not in line:
            kept.append(line)
    return "\n".join(kept)[:_MOST]


def _unnamed() -> int:
    with tempfile.TemporaryFile() as file:
        high = fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, _HIGH)
    fcntl.fcntl(high, fcntl.F_SETFL, fcntl.fcntl(high, fcntl.F_GETFL) | os.O_APPEND)
    return high
