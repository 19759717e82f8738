"""python witness.py REPORT SECONDS PROGRAM…: run a program to its end and report what it left running.

All its descendants become the witness's children when their parents end, so that none can hide. REPORT is JSON:
exit code (None after SECONDS), and the command lines of the processes that were still there a while later.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 1.5
"""Seconds that helpers like the resource tracker get to notice that nobody needs them."""


def main(report: str, seconds: float, argv: list[str]) -> None:
    """Runs `argv` with this process's standard streams."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    program = subprocess.Popen(argv)
    try:
        code: int | None = program.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
    left = still_there(time.monotonic() + (PATIENCE if code is not None else 0))
    found = sorted(command(pid) for pid in left)
    end_all()
    with open(report, "w") as file:
        json.dump({"code": code, "left": found}, file)


def still_there(until: float) -> list[int]:
    """The descendants that live on at `until`; at once if there are none."""
    while True:
        reap()
        left = children(os.getpid())
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.01)


def reap() -> None:
    """Take notice of those that ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def children(pid: int) -> list[int]:
    """All descendants of `pid`."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            found = [int(word) for word in file.read().split()]
    except OSError:
        return []
    return found + [child for one in found for child in children(one)]


def command(pid: int) -> str:
    """The command line of `pid` as far as it is the same each time."""
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            words = file.read().split("\0")
    except OSError:
        return "gone"
    return " ".join(word.partition("(")[0] for word in words[1:])


def end_all() -> None:
    """SIGKILL for whoever is left, and for whoever they start meanwhile."""
    while left := children(os.getpid()):
        for pid in left:
            try:  # noqa: SIM105
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap()
        time.sleep(0.005)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
