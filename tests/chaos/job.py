"""A job to be killed: `python -m tests.chaos.job STATE_DIR LEDGER WORKERS`.

It writes journals as an instrumented program would, and notes in a shared ledger what it has written after each write
returned: a byte a task, SUBMITTED, then TAKEN before its worker begins, then RAN. Every fifth task is a map of
`ITEMS` items in one chunk. Whoever reads the ledger knows what must be in the database, whoever was killed.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
import time

from procscope.runtime import clock, events
from procscope.runtime.events import State
from procscope.runtime.journal.segment import boot_id, start_ticks
from procscope.runtime.journal.writer import Identity, Journal, Region
from procscope.runtime.settings import Settings

KEY = "c4a05c4a05c4"
POOL = 500
ITEMS = 8
ROOM = 200_000
STOP, FIRST_WORKER, CELLS = 0, 1, 64
SUBMITTED, TAKEN, RAN = 1, 2, 3
_now = clock.mono_ns


def is_map(number: int) -> bool:
    """Whether a task is a map call."""
    return number % 5 == 4


class Ledger:
    """A shared file: byte 0 asks the job to stop, bytes 1… hold the workers' pids (u32), then a byte a task."""

    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), CELLS * 4 + ROOM)

    @staticmethod
    def create(path: str) -> None:
        """An empty one."""
        with open(path, "wb") as file:
            file.truncate(CELLS * 4 + ROOM)

    def get(self, number: int) -> int:
        """What is known of a task."""
        return self.memory[CELLS * 4 + number]

    def put(self, number: int, what: int) -> None:
        """Note it, after the write."""
        self.memory[CELLS * 4 + number] = what

    def pid(self, worker: int) -> int:
        """The pid of a worker, 0 before its first."""
        return int.from_bytes(self.memory[4 * (FIRST_WORKER + worker) : 4 * (FIRST_WORKER + worker) + 4], "little")

    def set_pid(self, worker: int, pid: int) -> None:
        """Say who works."""
        self.memory[4 * (FIRST_WORKER + worker) : 4 * (FIRST_WORKER + worker) + 4] = pid.to_bytes(4, "little")

    @property
    def stopped(self) -> bool:
        """Whether the job is to end."""
        return self.memory[0] != 0

    def stop(self) -> None:
        """Ask it to end."""
        self.memory[0] = 1

    def numbers(self) -> list[int]:
        """All tasks submitted, and those that may have been (the one after the last)."""
        cells = self.memory[CELLS * 4 :]
        return [number for number in range(len(cells.rstrip(b"\0"))) if cells[number]]


def work(directory: str, ledger: Ledger, worker: int, workers: int, uid: int) -> None:
    """Take every `workers`-th task until told to stop; go on where the last one was killed."""
    journal = Journal(directory, Identity(KEY, uid, 1, POOL))
    region = journal.region()
    name = f"W-{uid}"
    region.rich(
        events.ProcessAlive(_now(), uid, 1, os.getpid(), os.getppid(), "worker", name, POOL, "", "fork", "3", ())
    )
    number = worker
    while ledger.get(number) >= TAKEN:
        number += workers
    while not ledger.stopped and number < ROOM:
        if ledger.get(number) != SUBMITTED:
            time.sleep(0.0005)
            continue
        ledger.put(number, TAKEN)
        started = _now()
        if is_map(number):
            _chunk(region, number, started)
        else:
            region.slot_begin(POOL, number, -1, started)
            region.task_ran(POOL, number, started, _now(), State.SUCCEEDED)
        ledger.put(number, RAN)
        region.slot_clear()
        number += workers
        if number % 7 == 0:
            time.sleep(0.0005)
    os._exit(0)


def _chunk(region: Region, number: int, started: int) -> None:
    region.slot_begin(POOL, number, 0, started)
    for item in range(ITEMS):
        region.slot_item(item, _now())
    ended = _now()
    region.chunk_ran(
        events.ChunkRan(POOL, number, 0, 0, ITEMS, 0, 0, started, ended, ended - started, True, ((100, ITEMS),), ())
    )


def main(state_dir: str, ledger_path: str, workers: int) -> None:
    """Submit, keep `workers` alive, end when asked to."""
    directory = os.path.join(Settings(state_dir=state_dir).spool, KEY)
    os.makedirs(directory, mode=0o700)
    _manifest(directory)
    ledger = Ledger(ledger_path)
    region = Journal(directory, Identity(KEY, 1, 0, 0)).region()
    region.rich(events.ProcessAlive(_now(), 1, 0, os.getpid(), os.getppid(), "main", "main", 0, "", "fork", "3", ()))
    region.rich(events.PoolOpened(_now(), POOL, "Pool", workers, "chaos", "fork", 0, "", "job.py:1"))
    children: dict[int, int] = {}
    next_uid, number = 2, 0
    while not ledger.stopped and number < ROOM - 100:
        for worker in range(workers):
            if worker not in children.values():
                pid = os.fork()
                if pid == 0:
                    work(directory, ledger, worker, workers, next_uid)
                children[pid] = worker
                ledger.set_pid(worker, pid)
                next_uid += 1
        for _ in range(20):
            if is_map(number):
                region.rich(events.BatchSubmitted(_now(), POOL, number, "job.g", "map", ITEMS, ITEMS))
            else:
                region.task_submitted(_now(), POOL, number, "job.f", f"({number},)")
            ledger.put(number, SUBMITTED)
            number += 1
        _reap(children)
        time.sleep(0.003)
    for pid in list(children):
        os.waitpid(pid, 0)
    region.rich(events.ProcessEnding(_now(), 1, 0))


def _reap(children: dict[int, int]) -> None:
    while children:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        children.pop(pid, None)


def _manifest(directory: str) -> None:
    me = os.getpid()
    told = {"version": 1, "key": KEY, "name": "chaos", "argv": ["chaos"], "pid": me, "start_ticks": start_ticks(me),
            "boot_id": boot_id().hex(), "began_ns": time.time_ns()}  # fmt: skip
    with open(os.path.join(directory, "run.json.new"), "w", encoding="utf-8") as target:
        json.dump(told, target)
    os.rename(os.path.join(directory, "run.json.new"), os.path.join(directory, "run.json"))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
