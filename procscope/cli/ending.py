"""How a run ended, in one line, once the collector knows."""

from __future__ import annotations

import time

from procscope.cli import settle
from procscope.cli.readiness import sqlite_path
from procscope.cli.signals import signal_name
from procscope.dashboard.words import count, duration
from procscope.runtime import clock
from procscope.runtime.settings import Settings
from procscope.runtime.store.glance import Glance, of_sqlite, of_store

PATIENCE = 3.0
IMPATIENCE = 0.6
_PAUSE = 0.03


def line(key: str, seconds: float, settings: Settings) -> str:
    """`procscope: run 4f21c9 finished in 3.2 s: 400 tasks, …` of the run that has just ended after `seconds`.

    Waits up to PATIENCE seconds for its last facts; past that it says that they are still to come.
    """
    head = f"procscope: run {key[:6]}"
    run = _closed(key, settings)
    if run is None:
        return f"{head} ended after {duration(seconds)}; its last facts are still on their way: see `procscope runs`"
    return f"{head} {verdict(run.state, run.exit_code)} {duration(seconds)}: {counts(run)}"


def line_before_exit(key: str, seconds: float, settings: Settings) -> str:
    """The same of a run whose main process is at the very end of its exit: how it will have ended is not known."""
    settle.settle(settings, patience=IMPATIENCE)
    run = glance(key, settings)
    told = f": {counts(run)}" if run else ""
    return f"procscope: run {key[:6]} ended after {duration(seconds)}{told}"


def _closed(key: str, settings: Settings) -> Glance | None:
    """The run once all is known of it, or as far as it is known after PATIENCE seconds; None while it is not over."""
    since, end = clock.wall_ns(), time.monotonic() + PATIENCE
    settle.settle(settings, since=since, patience=PATIENCE)
    while True:
        whole = settle.caught_up(settings, since)
        run = glance(key, settings)
        over = run is not None and run.state != "running"
        if (over and whole) or time.monotonic() >= end:
            return run if over else None
        time.sleep(_PAUSE)


def glance(key: str, settings: Settings) -> Glance | None:
    """What the database says of the run now."""
    path = sqlite_path(settings)
    return of_store(settings.database_url, key) if path is None else of_sqlite(path, key)


def verdict(state: str, exit_code: int | None) -> str:
    """How a run of that state ended, up to the time it took: 'finished in', 'was killed by SIGKILL after'."""
    if state == "killed":
        return f"was killed by {signal_name(-exit_code)} after" if exit_code else "was killed after"
    if state == "failed":
        return f"failed (exit {exit_code}) after" if exit_code else "failed after"
    return "finished in"


def counts(run: Glance) -> str:
    """'400 tasks, 2 failed, 1 lost, 0 dropped'."""
    return (
        f"{count(run.total)} {'task' if run.total == 1 else 'tasks'}, {count(run.failed)} failed, "
        f"{count(run.lost)} lost, {count(run.dropped)} dropped"
    )
