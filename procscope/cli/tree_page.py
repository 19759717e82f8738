"""The tree of processes as a table. Pure: JSON shapes in, pieces out.

nightly.py  running 6 m 02 s  4f21c9
PROCESS           DOING                                    DONE   CPU     RSS
4101 main         running                                         4 %  210 MB
├─ 4127 worker    resize item 17 for 4 m 12 s                40   0 %  412 MB
└─ 4131 worker    † killed by SIGKILL on load item 23        11        1.9 GB
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from procscope.cli import paper, runs_page, times
from procscope.cli.columns import Column
from procscope.cli.paper import Line, Piece
from procscope.cli.signals import signal_name
from procscope.cli.tasks_page import short
from procscope.dashboard.words import count, duration, percent, size

COLUMNS = (
    Column("PROCESS"),
    Column("DOING", flexible=True),
    Column("DONE", right=True),
    Column("CPU", right=True),
    Column("RSS", right=True),
)
_ALIVE = ("starting", "running")


def head(run: dict[str, Any]) -> Line:
    """The line above the table: which run, and how it is."""
    state = (f"  {runs_page.state(run)}", paper.STATE_STYLES.get(run["state"], ""))
    return [
        (run["name"], paper.BOLD),
        state,
        (f" {duration(runs_page.took(run))}", ""),
        (f"  {run['id'][:6]}", paper.DIM),
    ]


def rows(trees: Sequence[dict[str, Any]], reasons: Mapping[int, str]) -> list[Line]:
    """A line for each process. `reasons` says, by pid, how the dead ones came to die."""
    return [_row(branch, node, reasons) for tree in trees for branch, node in _branches(tree, "", "")]


def _branches(node: dict[str, Any], first: str, rest: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield first, node
    last = len(node["children"]) - 1
    for at, child in enumerate(node["children"]):
        yield from _branches(child, rest + ("└─ " if at == last else "├─ "), rest + ("   " if at == last else "│  "))


def _row(branch: str, node: dict[str, Any], reasons: Mapping[int, str]) -> Line:
    alive = node["state"] in _ALIVE
    style = "" if alive else paper.DIM
    return [
        (f"{branch}{node['pid']} {_called(node)}", style),
        _doing(node) if alive else _died(node, reasons),
        (count(node["tasks_done"]) if node["tasks_done"] else "", paper.DIM),
        ("" if node["cpu"] is None else percent(node["cpu"]), style),
        # What a process that ended well last weighed is of no interest; what a killed one did, is.
        ("" if node["rss"] is None or not (alive or node["state"] == "killed") else size(node["rss"]), style),
    ]


def _called(node: dict[str, Any]) -> str:
    plain = node["kind"] in ("main", "worker") and not node["unobserved"]
    return str(node["kind"]) if plain or not node["name"] else str(node["name"])


def _doing(node: dict[str, Any]) -> Piece:
    current = node["current"]
    if current is None and node["unobserved"]:
        return ("tasks not observed by procscope", paper.DIM)
    if current is None:
        return ("idle" if node["kind"] == "worker" else str(node["state"]), paper.DIM)
    age = times.between(current["since"], datetime.now(timezone.utc).isoformat())
    return (f"{_on(current)} for {duration(age)}", paper.ACCENT)


def _on(current: dict[str, Any]) -> str:
    item = "" if current["index"] is None else f" item {current['index']}"
    return short(current["func"]) + item


def _died(node: dict[str, Any], reasons: Mapping[int, str]) -> Piece:
    ended = _ended(node, reasons)
    if node["state"] == "killed" and _deliberate(ended):
        return (ended, paper.DIM)
    cross = "† " if node["state"] == "killed" else ""
    on = f" on {_on(node['current'])}" if node["current"] else ""
    return (cross + ended + on, paper.STATE_STYLES.get(node["state"], paper.DIM))


def _deliberate(reason: str) -> bool:
    """Every pool that is left by `with` terminates its workers: that is no trouble."""
    return reason.startswith("the program ")


def _ended(node: dict[str, Any], reasons: Mapping[int, str]) -> str:
    if node["pid"] in reasons:
        return reasons[node["pid"]]
    if node["signal"]:
        return f"killed by {signal_name(node['signal'])}"
    return f"{node['state']} (exit {node['exit_code']})" if node["exit_code"] else str(node["state"])
