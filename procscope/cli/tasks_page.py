"""The table of tasks. Pure: JSON shapes in, pieces out."""

from __future__ import annotations

from typing import Any

from procscope.cli import paper, times
from procscope.cli.columns import Column
from procscope.cli.paper import Piece
from procscope.dashboard.words import duration

COLUMNS = (
    Column("ID", right=True),
    Column("STATE"),
    Column("CALL", flexible=True),
    Column("ITEM", right=True),
    Column("WORKER", right=True),
    Column("WAITED", right=True, spare=True),
    Column("RAN", right=True),
    Column("WHEN", spare=True),
    Column("WHY", flexible=True),
)


def row(task: dict[str, Any], reason: str | None) -> list[Piece]:
    """A task's line in the table."""
    return [
        (str(task["id"]), paper.DIM),
        (task["state"], paper.STATE_STYLES.get(task["state"], "")),
        (call(task), ""),
        ("" if task["index"] is None else str(task["index"]), ""),
        (str(task["pid"] or ""), ""),
        (duration(task["wait_s"]), ""),
        (duration(task["run_s"]), ""),
        (times.moment(task["started_at"] or task["submitted_at"]), ""),
        (why(task, reason), ""),
    ]


def call(task: dict[str, Any]) -> str:
    """`resize('IMG_0231.png', 4096)`: the function as the program names it, with its arguments."""
    return f"{short(task['func'])}({task['args'] or ''})"


def short(func: str) -> str:
    """A qualified name without the module every script is."""
    return func.removeprefix("__main__.").removeprefix("__mp_main__.")


def why(task: dict[str, Any], reason: str | None) -> str:
    """What went wrong, on one line; where nothing did, how far it says it is."""
    raised = task["exception"]
    if raised is None:
        return reason or progressed(task["progress"]).removeprefix(", ")
    first = raised["message"].splitlines()[0] if raised["message"] else ""
    return f"{raised['type']}: {first}" if first else str(raised["type"])


def progressed(progress: dict[str, Any] | None) -> str:
    """', 37 of 400 · resizing', '' where nothing is known."""
    if progress is None:
        return ""
    of = "" if progress["total"] is None else f" of {progress['total']:,}"
    return f", {progress['done']:,}{of}" + (f" · {progress['text']}" if progress["text"] else "")
