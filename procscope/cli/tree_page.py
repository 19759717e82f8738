"""The tree of processes as a table. Pure: JSON shapes in, pieces out.

nightly.py  running 6 m 02 s  4f21c9
PROCESS            DOING                                         DONE   CPU     RSS
4101 main          running                                              4 %  210 MB
├─ pool Pool-1     2 places, spawn; 1 worker gone: 1 killed        51
│  ├─ 4127 worker  resize item 17 for 4 m 12 s                     40   0 %  412 MB
│  └─ 4131 worker  † killed by SIGKILL on load item 23             11        1.9 GB
└─ 4102 resource tracker  running                                       0 %   11 MB
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from procscope.cli import paper, runs_page, times, tree_shape
from procscope.cli.columns import Column
from procscope.cli.paper import Line, Piece
from procscope.cli.signals import signal_name
from procscope.cli.tasks_page import progressed, short
from procscope.dashboard.words import count, duration, percent, size
from procscope.runtime.diagnosis import turnover
from procscope.runtime.diagnosis.words import pool_words, several

COLUMNS = (
    Column("PROCESS"),
    Column("DOING", flexible=True),
    Column("DONE", right=True),
    Column("CPU", right=True),
    Column("RSS", right=True),
)
_ALIVE = ("starting", "running")
_BLANK: tuple[Piece, ...] = (("", ""), ("", ""), ("", ""))


def head(run: dict[str, Any]) -> Line:
    """The line above the table: which run, and how it is."""
    state = (f"  {runs_page.state(run)}", paper.STATE_STYLES.get(run["state"], ""))
    return [
        (run["name"], paper.BOLD),
        state,
        (f" {duration(runs_page.took(run))}", ""),
        (f"  {run['id'][:6]}", paper.DIM),
    ]


def rows(trees: Sequence[dict[str, Any]]) -> list[Line]:
    """A line for each process and each pool."""
    return [_row(branch, node) for tree in trees for branch, node in tree_shape.branches(tree)]


def _row(branch: str, node: dict[str, Any]) -> Line:
    if node.get("node") == "more":
        return [(f"{branch}…", paper.DIM), (f"{node['count']:,} more that ended in peace", paper.DIM), *_BLANK]
    return _pool(branch, node) if node.get("node") == "pool" else _process(branch, node)


def _pool(branch: str, pool: dict[str, Any]) -> Line:
    places = [several(pool["size"], "place")] if pool["size"] else []
    facts = ", ".join([*places, *filter(None, (pool["start_method"], pool["state"] * (pool["state"] != "open")))])
    said = [facts, turnover.gone(pool["retired"]), (pool["reason"] or "") * (pool["state"] == "broken")]
    said += [f"not observed by procscope: {pool['unobserved']}"] if pool["unobserved"] else []
    style = paper.STATE_STYLES["failed"] if pool["state"] == "broken" else paper.DIM
    return [
        (f"{branch}{pool_words(pool['name'], pool['kind'])}", "" if pool["state"] == "open" else paper.DIM),
        ("; ".join(filter(None, said)), style),
        (count(pool["tasks_done"]) if pool["tasks_done"] else "", paper.DIM),
        *_BLANK[1:],
    ]


def _process(branch: str, node: dict[str, Any]) -> Line:
    alive = node["state"] in _ALIVE
    style = "" if alive else paper.DIM
    return [
        (f"{branch}{node['pid']} {_called(node)}", style),
        _doing(node) if alive else _died(node),
        (count(node["tasks_done"]) if node["tasks_done"] else "", paper.DIM),
        ("" if node["cpu"] is None else percent(node["cpu"]), style),
        # What a process that ended well last weighed is of no interest; what a killed one did, is.
        ("" if node["rss"] is None or not (alive or node["state"] == "killed") else size(node["rss"]), style),
    ]


def _called(node: dict[str, Any]) -> str:
    plain = node["kind"] in ("main", "worker") and not node["unobserved"]
    daemon = " (daemon)" if node["daemon"] and node["kind"] == "process" else ""
    return (str(node["kind"]) if plain or not node["name"] else str(node["name"])) + daemon


def _doing(node: dict[str, Any]) -> Piece:
    text, style = _at(node)
    if node["reason"]:
        text += f"; {node['reason']}"
    if node["orphaned_since"]:
        text += f"; orphaned: its parent ended {_ago(node['orphaned_since'])} ago"
        style = paper.STATE_STYLES["lost"]
    return (text, style)


def _at(node: dict[str, Any]) -> Piece:
    current = node["current"]
    if current is None and node["unobserved"]:
        return ("tasks not observed by procscope", paper.DIM)
    if current is None:
        return ("idle" if node["kind"] == "worker" else str(node["state"]), paper.DIM)
    return (f"{_on(current)} for {_ago(current['since'])}{progressed(current['progress'])}", paper.ACCENT)


def _ago(since: str) -> str:
    return duration(times.between(since, datetime.now(timezone.utc).isoformat()))


def _on(current: dict[str, Any]) -> str:
    item = "" if current["index"] is None else f" item {current['index']}"
    return short(current["func"]) + item


def _died(node: dict[str, Any]) -> Piece:
    ended, after = _ended(node), ""
    if node["orphaned_since"]:
        after += ", having outlived its parent"
    if node["unobserved"]:
        after += "; tasks not observed by procscope"
    if node["zombie_since"]:
        after += f"; a zombie: its parent has not reaped it for {_ago(node['zombie_since'])}"
    if node["state"] == "killed" and _deliberate(ended):
        return (ended + after, paper.DIM)
    cross = "† " if node["state"] == "killed" else ""
    on = f" on {_on(node['current'])}" if node["current"] else ""
    return (cross + ended + on + after, paper.STATE_STYLES.get(node["state"], paper.DIM))


def _deliberate(reason: str) -> bool:
    """Every pool that is left by `with` terminates its workers: that is no trouble."""
    return reason.startswith("the program ")


def _ended(node: dict[str, Any]) -> str:
    if node["reason"]:
        return str(node["reason"])
    if node["signal"]:
        return f"killed by {signal_name(node['signal'])}"
    return f"{node['state']} (exit {node['exit_code']})" if node["exit_code"] else str(node["state"])
