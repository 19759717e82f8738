"""How a run ended, in one line, once the collector knows."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from procscope.cli import asking, settle, shapes
from procscope.dashboard.words import count, duration
from procscope.runtime import clock
from procscope.runtime.errors import NotFoundError
from procscope.runtime.settings import Settings

if TYPE_CHECKING:
    from procscope.runtime.store.rows import Run

PATIENCE = 3.0
IMPATIENCE = 0.5
_PAUSE = 0.05


def line(key: str, seconds: float, settings: Settings) -> str:
    """`procscope: run 4f21c9 finished in 3.2 s: 400 tasks, …` of the run that has just ended after `seconds`.

    Waits up to PATIENCE seconds for its last facts; past that it says that they are still to come.
    """
    head = f"procscope: run {key[:6]}"
    run = _closed(key, settings)
    if run is None:
        return f"{head} ended after {duration(seconds)}; its last facts are still on their way: see `procscope runs`"
    told = counts(shapes.counts(run.counts), run.dropped)
    return f"{head} {verdict(run.state, run.exit_code)} {duration(seconds)}: {told}"


def line_before_exit(key: str, seconds: float, settings: Settings) -> str:
    """The same of a run whose main process is at the very end of its exit: how it will have ended is not known."""
    settle.settle(settings, patience=IMPATIENCE)
    run = _run(key, settings)
    told = f": {counts(shapes.counts(run.counts), run.dropped)}" if run else ""
    return f"procscope: run {key[:6]} ended after {duration(seconds)}{told}"


def _closed(key: str, settings: Settings) -> Run | None:
    end = time.monotonic() + PATIENCE
    settle.settle(settings, since=clock.wall_ns(), patience=PATIENCE)
    while (run := _run(key, settings)) is None or run.state == "running":
        if time.monotonic() >= end:
            return None
        time.sleep(_PAUSE)
    return run


def _run(key: str, settings: Settings) -> Run | None:
    store = asking.store_of(settings)
    try:
        return store.run(key) if store else None
    except NotFoundError:
        return None


def verdict(state: str, exit_code: int | None) -> str:
    """How a run of that state ended, up to the time it took: 'finished in', 'was killed by SIGKILL after'."""
    if state == "killed":
        return f"was killed by {signal_name(-exit_code)} after" if exit_code else "was killed after"
    if state == "failed":
        return f"failed (exit {exit_code}) after" if exit_code else "failed after"
    return "finished in"


def signal_name(number: int) -> str:
    """'SIGKILL' for 9; 'signal 99' for one that has no name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def counts(tasks: dict[str, int], dropped: int) -> str:
    """'400 tasks, 2 failed, 1 lost, 0 dropped'."""
    total = sum(tasks.values())
    return (
        f"{count(total)} {'task' if total == 1 else 'tasks'}, {count(tasks['failed'])} failed, "
        f"{count(tasks['lost'])} lost, {count(dropped)} dropped"
    )
