"""The run's charts: waiting by pool, CPU and memory by worker. Immutable: a point makes a new chart.

More than a dozen lines tell nothing: the workers that matter most get a line each, the others share one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from procscope.dashboard.delta import CHART_CAP

LINES = 12
OTHERS = "others"
Chart = dict[str, Any]
Value = float | None
Column = dict[int, Value]
"""Time (s) to value."""


def chart(columns: Mapping[str, Column], limit: float | None = None) -> Chart:
    """A chart from name → time (s) → value; times without a value of a line get None."""
    times = sorted({t for line in columns.values() for t in line})[-CHART_CAP:]
    series = [{"name": name, "values": [line.get(t) for t in times]} for name, line in columns.items()]
    return {"t": times, "series": series, "limit": limit}


def extended(old: Chart, t: int, values: Mapping[str, Value]) -> Chart:
    """`old` with one more point; the same object where `t` is not later than its last."""
    if old["t"] and t <= old["t"][-1]:
        return old
    blank = [None] * len(old["t"])
    lines = {line["name"]: line["values"] for line in old["series"]}
    names = [*lines, *(name for name in values if name not in lines)]
    series = [{"name": n, "values": [*lines.get(n, blank), values.get(n)][-CHART_CAP:]} for n in names]
    return {**old, "t": [*old["t"], t][-CHART_CAP:], "series": series}


def summed(parts: Iterable[tuple[str, Iterable[int], Iterable[Value]]]) -> dict[str, Column]:
    """Columns for `chart` from (line, times, values); parts of one line are added up."""
    columns: dict[str, Column] = defaultdict(dict)
    for name, times, values in parts:
        column = columns[name]
        for t, value in zip(times, values, strict=False):
            if value is not None:
                column[t] = (column.get(t) or 0) + value
    return dict(columns)


def leaders(weights: Mapping[int, float]) -> set[int]:
    """The processes with a line of their own: all of a dozen, else the heaviest eleven."""
    if len(weights) <= LINES:
        return set(weights)
    return set(sorted(weights, key=lambda key: (-weights[key], key))[: LINES - 1])
