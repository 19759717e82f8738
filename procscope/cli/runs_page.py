"""The table of runs. Pure: JSON shapes in, pieces out."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from procscope.cli import paper, times
from procscope.cli.columns import Column
from procscope.cli.paper import Piece
from procscope.cli.signals import signal_name
from procscope.dashboard.words import count, duration

COLUMNS = (
    Column("RUN"),
    Column("NAME", flexible=True),
    Column("STATE"),
    Column("STARTED", spare=True),
    Column("TOOK", right=True),
    Column("TASKS", right=True),
    Column("FAILED", right=True),
    Column("LOST", right=True),
    Column("WORKERS", right=True, spare=True),
    Column("DROPPED", right=True),
)


def row(run: dict[str, Any]) -> list[Piece]:
    """A run's line in the table."""
    tasks = run["tasks"]
    return [
        (run["id"][:6], paper.BOLD),
        (run["name"], ""),
        (state(run), paper.STATE_STYLES.get(run["state"], "")),
        (times.moment(run["started_at"]), ""),
        (duration(took(run)), ""),
        (count(sum(tasks.values())), ""),
        trouble(tasks["failed"]),
        trouble(tasks["lost"]),
        (count(run["workers"]), ""),
        trouble(run["dropped"], paper.WARNING),
    ]


def state(run: dict[str, Any]) -> str:
    """'running', 'finished', 'failed (3)', 'killed (SIGKILL)'."""
    code = run["exit_code"]
    if run["state"] == "killed" and code:
        return f"killed ({signal_name(-code)})"
    return f"failed ({code})" if run["state"] == "failed" and code else str(run["state"])


def trouble(number: int, style: str = paper.TROUBLE) -> Piece:
    """A count that should be 0: dim if it is, loud if not."""
    return (count(number), style if number else paper.DIM)


def took(run: dict[str, Any]) -> float | None:
    """Seconds from start to end, or to now while it runs; None where the end is not known."""
    if run["finished_at"] is None and run["state"] != "running":
        return None
    end = run["finished_at"] or datetime.now(timezone.utc).isoformat()
    return times.between(run["started_at"], end)
