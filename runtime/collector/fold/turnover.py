"""What a pool wore out: its workers that are gone, counted by why.

    maxtasks     ran as many tasks as maxtasksperchild or max_tasks_per_child lets them
    sentinel     told to end: the pool was closed, or needs fewer
    eof          their queue was closed
    timeout      had nothing to do for long enough
    initializer  their initializer raised
    exit         a task called sys.exit()
    exception    their loop was ended by an exception
    exited       left in the middle by themselves: os._exit()
    killed       a signal that nobody of the program sent
    ended        the program, or the pool itself, ended them
    vanished     nobody saw how

Threads of a pool are counted when they tell, processes when they are dead.
"""

from __future__ import annotations

import json
import signal

from procscope.runtime.collector.fold.state import Pool, Process

SENT = "the program sent it "
_OVER = ("terminated", "broken", "closed")


def count(pool: Pool, why: str) -> None:
    """One worker more is gone."""
    counts = of(pool.retired)
    counts[why] = counts.get(why, 0) + 1
    pool.retired = json.dumps(counts)


def of(stored: str | None) -> dict[str, int]:
    """`pools.retired` as counts by why."""
    counts: dict[str, int] = json.loads(stored) if stored else {}
    return counts


def why(pool: Pool, process: Process) -> str:
    """Why a worker process is gone."""
    code = process.exit_code
    if code is None:
        return process.left or ("ended" if pool.state in _OVER else "vanished")
    if code < 0:
        return "ended" if deliberate(pool, process) else "killed"
    if process.left:
        return process.left
    # Told nothing: either it left in the middle of a task, or a collector before this one read what it told.
    return "exited" if code or process.current_task is not None else "sentinel"


def signal_name(number: int) -> str:
    """SIGKILL for 9, and so on."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def sent(process: Process) -> str:
    """The name of the signal that the program sent it, '' for none."""
    if process.reason is None or not process.reason.startswith(SENT):
        return ""
    return process.reason.removeprefix(SENT).partition(":")[0]


def blamed(pool: Pool, process: Process) -> bool:
    """Whether its death is what broke the pool."""
    return str(process.pid) in (pool.reason or "").replace(",", " ").split()


def deliberate(pool: Pool, process: Process) -> bool:
    """Whether the program sent the signal that ended it, or its pool did while it closed or broke over another."""
    number = -(process.exit_code or 0)
    if number and sent(process) == signal_name(number):
        return True
    if pool.state not in _OVER or blamed(pool, process):
        return False
    swept = (signal.SIGTERM, signal.SIGKILL) if pool.state == "broken" else (signal.SIGTERM,)
    return number in swept
