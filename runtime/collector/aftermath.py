"""What the dead leave behind: children that live on, and themselves, until their parent asks how they ended."""

from __future__ import annotations

from typing import NamedTuple

from procscope.runtime.collector.fold.processes import process_of
from procscope.runtime.collector.fold.state import Process, Run, World

BRIEF_US = 1_000_000
"""Who follows its parent this soon was on its way out; who is reaped this soon was waited for."""
_MOST = 1000
_SERVANTS = ("forkserver", "resource_tracker", "helper", "main")


class Dead(NamedTuple):
    """One who waits to be reaped: its parent's uid, its pid and start time, when it died."""

    parent: int
    pid: int
    ticks: int
    at_us: int


class Aftermath:
    """Of one run: tell it of each burial, and have it look once in a while."""

    def __init__(self, world: World, run: Run) -> None:
        self._world = world
        self._run = run
        self._dead = {uid: Dead(parent, pid, ticks, at_us) for uid, parent, pid, ticks, at_us in run.zombies}
        self._shown = set(self._dead)
        self._looked = 0

    def buried(self, process: Process, at_us: int) -> None:
        """A process is dead and everything it wrote is folded."""
        if process.orphaned_us is not None and at_us - process.orphaned_us < BRIEF_US:
            process.orphaned_us = None
        for child in self._run.processes.values():
            if child.parent == process.uid and child.live and child.kind not in _SERVANTS:
                child.orphaned_us = at_us
                self._world.changes.processes.add(child)
        for uid in [uid for uid, dead in self._dead.items() if dead.parent == process.uid]:
            self._reaped(uid)  # by whoever inherits the children of the dead
        parent = self._run.processes.get(process.parent)
        state, ticks = standing(process.pid)
        mine = process.start_ticks in (None, ticks)
        if state == "Z" and mine and parent is not None and parent.live and len(self._dead) < _MOST:
            self._dead[process.uid] = Dead(process.parent, process.pid, ticks, at_us)

    def look(self, now_us: int) -> None:
        """Who is a zombie still?"""
        if now_us - self._looked < BRIEF_US:
            return
        self._looked = now_us
        for uid, dead in list(self._dead.items()):
            if standing(dead.pid) != ("Z", dead.ticks):
                self._reaped(uid)
            elif uid not in self._shown and now_us - dead.at_us >= BRIEF_US:
                self._shown.add(uid)
                process_of(self._world, self._run, uid).zombie_us = dead.at_us

    def _reaped(self, uid: int) -> None:
        del self._dead[uid]
        if uid in self._shown:
            self._shown.discard(uid)
            process_of(self._world, self._run, uid).zombie_us = None


def standing(pid: int) -> tuple[str, int]:
    """(state's letter, start time in ticks) of a process; ('', 0) where there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as source:
            fields = source.read(4096).rpartition(b")")[2].split()
        return fields[0].decode("ascii", "replace"), int(fields[19])
    except (OSError, ValueError, IndexError):
        return "", 0
