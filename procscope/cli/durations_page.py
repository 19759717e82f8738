"""How long a function took lately, with this task among them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procscope.cli import paper
from procscope.cli.paper import Line, Piece
from procscope.cli.tasks_page import short
from procscope.dashboard.words import duration

if TYPE_CHECKING:
    from procscope.runtime.store.rows import Recent, TaskDetail

_BARS = "▁▂▃▄▅▆▇█"
WIDTH = 60


def page(detail: TaskDetail, seconds: float | None) -> list[Line]:
    """A head line with percentiles and a line of bars, oldest first; nothing where nothing is known.

    `seconds` is how long this task took, or takes already.
    """
    recent = _around(detail.recent, detail.task.id)
    if not recent:
        return []
    head: list[Piece] = [(f"{short(detail.task.func)}, last {len(recent)} runs", paper.DIM)]
    if detail.quantiles:
        p50, p99 = detail.quantiles.p50_us / 1e6, detail.quantiles.p99_us / 1e6
        head.append((f"  p50 {duration(p50)} · p99 {duration(p99)}", paper.DIM))
        head += _oddness(seconds, p50)
    return [head, bars(recent, detail.task.id)]


def _around(recent: list[Recent], task_id: int) -> list[Recent]:
    """At most WIDTH of them, this task's neighbours if it is there, else the newest."""
    places = [at for at, one in enumerate(recent) if one.id == task_id]
    end = min(len(recent), max(places[0] + WIDTH // 2, WIDTH)) if places else len(recent)
    return recent[max(0, end - WIDTH) : end]


def _oddness(seconds: float | None, p50: float) -> list[Piece]:
    if seconds is None:
        return []
    ratio = seconds / p50 if p50 > 0 else 0.0
    odd = f", {ratio:,.0f}× the median" if ratio >= 2 else ""
    return [(f"  this one {duration(seconds)}{odd}", paper.WARNING if odd else "")]


def bars(recent: list[Recent], task_id: int) -> Line:
    """A bar each, as high as the task was long, this one between marks."""
    longest = max(one.duration_us for one in recent) or 1
    line: list[Piece] = []
    for one in recent:
        bar = _BARS[min(one.duration_us * len(_BARS) // (longest + 1), len(_BARS) - 1)]
        line.append((f"▸{bar}◂", paper.WARNING) if one.id == task_id else (bar, paper.DIM))
    return line
