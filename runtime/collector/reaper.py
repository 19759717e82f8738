"""Deaths: a pidfd for every process, so that a pid used again is never taken for it, and its exit code where the
kernel tells it to outsiders (6.15 and later)."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
from typing import NamedTuple

from procscope.runtime.journal.segment import boot_id, start_ticks

_PIDFD_GET_INFO = (3 << 30) | (64 << 16) | (0xFF << 8) | 11
_WANT_EXIT = 1 << 3


class Death(NamedTuple):
    """`key` as given to `watch`; `exit_code` as in Process.exitcode, None where the system does not say."""

    key: tuple[int, int]
    exit_code: int | None


def exit_code_of(pidfd: int) -> int | None:
    """The exit code of a process that has ended, reaped or not; None on kernels that do not say."""
    if not sys.platform.startswith("linux"):
        return None
    request = bytearray(struct.pack("<Q", _WANT_EXIT) + bytes(56))
    try:
        fcntl.ioctl(pidfd, _PIDFD_GET_INFO, request)
    except OSError:
        return None
    if not struct.unpack_from("<Q", request)[0] & _WANT_EXIT:
        return None
    return os.waitstatus_to_exitcode(struct.unpack_from("<i", request, 60)[0])


def exit_code_of_zombie(pid: int) -> int | None:
    """The exit code of a process that has ended and waits for its parent: the last field of /proc/PID/stat, which
    the kernel shows to whoever may trace it. None otherwise."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as source:
            fields = source.read(4096).rpartition(b")")[2].split()
        return os.waitstatus_to_exitcode(int(fields[49])) if fields[0] == b"Z" else None
    except (OSError, ValueError, IndexError):
        return None


def exit_code(pidfd: int, pid: int) -> int | None:
    """The exit code of `pid`, which has ended, reaped or not; None where the system does not say."""
    # The one knows of reaped processes, the other of those that are not; it may be reaped in between.
    code = exit_code_of(pidfd)
    if code is None:
        code = exit_code_of_zombie(pid)
    return exit_code_of(pidfd) if code is None else code


class Reaper:
    """Watches processes by (run id, process uid) and tells each death once."""

    def __init__(self) -> None:
        self.boot_id = boot_id().hex()
        self._poll = select.poll()
        self._keys: dict[int, tuple[tuple[int, int], int]] = {}
        self._watched: dict[tuple[int, int], int] = {}
        self._without: dict[tuple[int, int], tuple[int, int]] = {}
        self._dead: list[Death] = []

    def watching(self, key: tuple[int, int]) -> bool:
        """Whether its death is still to be told."""
        return key in self._watched

    def watch(self, key: tuple[int, int], pid: int, ticks: int | None, boot: str | None) -> None:
        """Tell when the process dies, at once if it has: another boot, another start time, no such pid."""
        self._watched[key] = -1
        if boot and boot != self.boot_id:
            self._dead.append(Death(key, None))
            return
        try:
            pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        except ProcessLookupError:
            self._dead.append(Death(key, None))
            return
        except OSError:
            pidfd = -1
        self._added(key, pidfd, pid, ticks)

    def _added(self, key: tuple[int, int], pidfd: int, pid: int, ticks: int | None) -> None:
        now = start_ticks(pid)
        if ticks and now and now != ticks:
            if pidfd >= 0:
                os.close(pidfd)
            self._dead.append(Death(key, None))
        elif pidfd < 0:
            self._without[key] = (pid, ticks or now)
        else:
            self._watched[key] = pidfd
            self._keys[pidfd] = (key, pid)
            self._poll.register(pidfd, select.POLLIN)

    def deaths(self) -> list[Death]:
        """Those who died since the last call."""
        found, self._dead = self._dead, []
        for pidfd, _ in self._poll.poll(0):
            key, pid = self._keys.pop(pidfd)
            self._poll.unregister(pidfd)
            found.append(Death(key, exit_code(pidfd, pid)))
            os.close(pidfd)
        for key, (pid, ticks) in list(self._without.items()):
            if start_ticks(pid) != ticks:
                del self._without[key]
                found.append(Death(key, None))
        for death in found:
            self._watched.pop(death.key, None)
        return found

    def close(self) -> None:
        """Let go of all."""
        for pidfd in self._keys:
            os.close(pidfd)
        self._keys.clear()
        self._watched.clear()
