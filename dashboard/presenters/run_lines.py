"""A run as one line, and as the head of its own page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from procscope.dashboard.words import iso
from procscope.runtime.store.rows import Counts, Drops, Run, RunProgress

_SHORT = 6
DROP_WORDS = {
    "spool_full": "the spool was full",
    "disk_full": "the disk was full",
    "too_large": "the record was too large",
    "capture_failed": "the arguments could not be described",
    "hook_failed": "a hook of procscope failed",
    "no_region": "no journal could be opened",
}


def run_line(run: Run, progress: RunProgress | None) -> dict[str, Any]:
    """The element of overview.runs."""
    return {
        "id": run.key,
        "short": run.key[:_SHORT],
        "name": run.name,
        "state": run.state,
        "exit_code": run.exit_code,
        "started_at": iso(run.started_us),
        "finished_at": iso(run.finished_us),
        "progress": rounded(progress.progress, 3) if progress else None,
        "eta_s": rounded(progress.eta_s, 0) if progress else None,
        "tasks": tally(run.counts),
        "workers": run.workers,
        "dropped": run.dropped,
        "href": f"/runs/{run.key}",
    }


def run_head(run: Run, progress: RunProgress | None, drops: Iterable[Drops]) -> dict[str, Any]:
    """`run` of the run page."""
    return {
        **run_line(run, progress),
        "argv": list(run.argv),
        "cwd": run.cwd,
        "host": run.host,
        "user": run.user,
        "python": run.python,
        "start_method": run.start_method,
        "notes": list(run.notes),
        "drops": [drop_line(drop) for drop in drops],
    }


def drop_line(drop: Drops) -> dict[str, Any]:
    """What one process could not write, and why, in words."""
    reason = DROP_WORDS.get(drop.reason, drop.reason)
    return {"reason": reason, "n": drop.n, "pid": drop.pid, "since": iso(drop.first_us)}


def tally(counts: Counts) -> dict[str, int]:
    """Tasks by state's word."""
    return {
        "pending": counts.pending,
        "running": counts.running,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "lost": counts.lost,
    }


def rounded(value: float | None, digits: int) -> float | None:
    """`value` to so many digits: what nobody can see must not cost a message."""
    return None if value is None else round(value, digits)


def significant(value: float | None, digits: int = 3) -> float | None:
    """`value` to so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")


def points(t: Sequence[int], values: Sequence[float | None], most: int) -> dict[str, Any]:
    """A series of the latest `most` points."""
    return {"t": list(t[-most:]), "values": list(values[-most:])}
