"""What the system says of each process and of the host, once a second.

CPU, memory, threads and state come from a kept /proc/PID/stat descriptor (about 12 µs a process against psutil's
100); psutil answers for the rest, which costs more and is asked every tenth time, a tenth of the processes at a time.
"""

from __future__ import annotations

import os
import socket
from typing import Any, NamedTuple

import psutil

from procscope.runtime.collector.fold.changes import Changes
from procscope.runtime.collector.fold.state import Pool, Process
from procscope.runtime.collector.host import Host

RARE_EVERY = 10
_PAGE = os.sysconf("SC_PAGE_SIZE")
_HZ = os.sysconf("SC_CLK_TCK")
_STATES = {
    "R": "running", "S": "sleeping", "D": "disk sleep", "T": "stopped", "t": "traced", "Z": "zombie", "I": "idle",
}  # fmt: skip


class Stat(NamedTuple):
    """From /proc/PID/stat: seconds of CPU, resident bytes, threads, one letter of state."""

    cpu_s: float
    rss: int
    threads: int
    state: str


def parse_stat(text: bytes) -> Stat:
    """Raises ValueError or IndexError where the line is cut short; see proc_pid_stat(5) for the fields."""
    fields = text.rpartition(b")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Stat(ticks / _HZ, int(fields[21]) * _PAGE, int(fields[17]), fields[0].decode("ascii", "replace"))


class _Watched:
    __slots__ = ("at", "cpu_s", "descriptor", "process", "psutil", "turn")

    def __init__(self, process: Process, turn: int) -> None:
        self.process = process
        self.turn = turn
        self.descriptor = os.open(f"/proc/{process.pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        self.at = 0.0
        self.cpu_s = 0.0
        self.psutil: psutil.Process | None = None


class Sampler:
    """Samples processes it is told of until they are forgotten."""

    def __init__(self) -> None:
        self.host_name = socket.gethostname()
        self._watched: dict[int, _Watched] = {}
        self._turns = 0
        self._round = 0
        self._host = Host()

    def add(self, process: Process) -> None:
        """Begin with a process; one that is gone already is left out."""
        if process.id not in self._watched and process.pid:
            self._turns += 1
            try:
                self._watched[process.id] = _Watched(process, self._turns % RARE_EVERY)
            except OSError:
                return

    def forget(self, process_id: int) -> None:
        """It has ended."""
        watched = self._watched.pop(process_id, None)
        if watched is not None:
            os.close(watched.descriptor)

    def close(self) -> None:
        """Forget all."""
        for process_id in list(self._watched):
            self.forget(process_id)

    def sample(self, changes: Changes, now: float) -> None:
        """One sample of everything at `now` (seconds since the epoch), into `changes`."""
        self._round += 1
        for watched in self._watched.values():
            self._one(watched, changes, now)
        self._host.sample(changes, self.host_name, int(now))

    def _one(self, watched: _Watched, changes: Changes, now: float) -> None:
        try:
            stat = parse_stat(os.pread(watched.descriptor, 1024, 0))
        except (OSError, ValueError, IndexError):
            return
        process = watched.process
        cpu = None
        if watched.at and now > watched.at:
            cpu = round(max(0.0, 100.0 * (stat.cpu_s - watched.cpu_s) / (now - watched.at)), 1)
        watched.at, watched.cpu_s = now, stat.cpu_s
        rare = self._rare(watched) if (self._round + watched.turn) % RARE_EVERY == 0 else _NOTHING
        changes.samples.append((
            process.id, 1, int(now), cpu, stat.rss, rare.uss, rare.read_bytes, rare.write_bytes, stat.threads, rare.fds,
            rare.switches,
        ))  # fmt: skip
        process.cpu, process.rss, process.threads = cpu, stat.rss, stat.threads
        process.os_state = _STATES.get(stat.state, stat.state)
        if rare is not _NOTHING:
            process.uss, process.fds = rare.uss, rare.fds
        changes.processes.add(process)

    def _rare(self, watched: _Watched) -> Rare:
        try:
            if watched.psutil is None:
                watched.psutil = psutil.Process(watched.process.pid)
            return rare(watched.psutil)
        except (psutil.Error, OSError):
            return _NOTHING


class Rare(NamedTuple):
    """What is asked seldom; None where the system does not tell."""

    uss: int | None = None
    read_bytes: int | None = None
    write_bytes: int | None = None
    fds: int | None = None
    switches: int | None = None


_NOTHING = Rare()


def rare(process: psutil.Process) -> Rare:
    """Raises psutil.Error where the process is gone; what is not permitted is None."""
    values: dict[str, Any] = {}
    with process.oneshot():
        for name, ask in _ASKED.items():
            try:
                values.update(ask(process))
            except (psutil.AccessDenied, NotImplementedError, AttributeError):
                values[name] = None
    return Rare(**values)


def _io(process: psutil.Process) -> dict[str, int]:
    counters = process.io_counters()
    return {"read_bytes": counters.read_bytes, "write_bytes": counters.write_bytes}


def _switches(process: psutil.Process) -> dict[str, int]:
    switches = process.num_ctx_switches()
    return {"switches": switches.voluntary + switches.involuntary}


_ASKED: dict[str, Any] = {
    "uss": lambda process: {"uss": process.memory_full_info().uss},
    "read_bytes": _io,
    "fds": lambda process: {"fds": process.num_fds()},
    "switches": _switches,
}


def sample_pools(changes: Changes, pools: list[Pool], at_s: int) -> None:
    """Depth and progress of pools: waiting, running, and how many have ended and failed so far."""
    for pool in pools:
        done = pool.succeeded + pool.failed + pool.cancelled + pool.lost
        changes.pool_samples.append((pool.id, 1, at_s, pool.pending, pool.running, done, pool.failed + pool.lost))
