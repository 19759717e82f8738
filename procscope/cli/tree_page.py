"""The tree of processes as lines. Pure: JSON shapes in, lines out.

nightly.py  running 6 m 02 s  4f21c9
4101 main  running            cpu  4 %  210 MB
├─ 4127 worker  resize 4 m 12 s       cpu  0 %  412 MB
└─ 4131 worker  † killed by SIGKILL on load item 23
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from procscope.cli import paper, runs_page, times
from procscope.cli.ending import signal_name
from procscope.cli.paper import Line, Piece
from procscope.cli.tasks_page import short
from procscope.dashboard.words import count, duration, percent, size

_ALIVE = ("starting", "running")


def page(run: dict[str, Any], trees: Sequence[dict[str, Any]], reasons: Mapping[int, str]) -> list[Line]:
    """The run's head line and a line for each process. `reasons` says, by pid, how the dead ones came to die."""
    head = [(run["name"], paper.BOLD), ("  " + runs_page.state(run), paper.STATE_STYLES.get(run["state"], ""))]
    took = duration(runs_page.took(run))
    lines: list[Line] = [[*head, (f" {took}", ""), (f"  {run['id'][:6]}", paper.DIM)]]
    for tree in trees:
        lines += [[*branch, *_process(node, reasons)] for branch, node in _branches(tree, "", "")]
    return lines


def _branches(node: dict[str, Any], first: str, rest: str) -> Iterator[tuple[Line, dict[str, Any]]]:
    yield [(first, paper.DIM)], node
    last = len(node["children"]) - 1
    for at, child in enumerate(node["children"]):
        yield from _branches(child, rest + ("└─ " if at == last else "├─ "), rest + ("   " if at == last else "│  "))


def _process(node: dict[str, Any], reasons: Mapping[int, str]) -> list[Piece]:
    alive = node["state"] in _ALIVE
    style = "" if alive else paper.DIM
    pieces = [(str(node["pid"]), paper.BOLD if alive else paper.DIM), (f" {_called(node)}", style), ("  ", "")]
    return [*pieces, *(_living(node) if alive else _dead(node, reasons))]


def _called(node: dict[str, Any]) -> str:
    return str(node["kind"]) if node["kind"] in ("main", "worker") or not node["name"] else str(node["name"])


def _living(node: dict[str, Any]) -> list[Piece]:
    pieces = _doing(node)
    if node["tasks_done"]:
        pieces.append((f"  {count(node['tasks_done'])} done", paper.DIM))
    if node["cpu"] is not None:
        pieces.append((f"  cpu {percent(node['cpu'])}", ""))
    if node["rss"] is not None:
        pieces.append((f"  {size(node['rss'])}", ""))
    return pieces


def _doing(node: dict[str, Any]) -> list[Piece]:
    current = node["current"]
    if current is None:
        return [("idle" if node["kind"] == "worker" else str(node["state"]), paper.DIM)]
    age = times.between(current["since"], datetime.now(timezone.utc).isoformat())
    return [(_on(current), paper.ACCENT), (f" {duration(age)}", "")]


def _on(current: dict[str, Any]) -> str:
    item = "" if current["index"] is None else f" item {current['index']}"
    return short(current["func"]) + item


def _dead(node: dict[str, Any], reasons: Mapping[int, str]) -> list[Piece]:
    style = paper.STATE_STYLES.get(node["state"], paper.DIM)
    pieces = [(("† " if node["state"] == "killed" else "") + _ended(node, reasons), style)]
    if node["current"] is not None:
        pieces.append((f" on {_on(node['current'])}", style))
    if node["tasks_done"]:
        pieces.append((f"  {count(node['tasks_done'])} done", paper.DIM))
    if node["rss"] is not None and node["state"] == "killed":
        pieces.append((f"  {size(node['rss'])} at the end", paper.DIM))
    return pieces


def _ended(node: dict[str, Any], reasons: Mapping[int, str]) -> str:
    if node["pid"] in reasons:
        return reasons[node["pid"]]
    if node["signal"]:
        return f"killed by {signal_name(node['signal'])}"
    return f"{node['state']} (exit {node['exit_code']})" if node["exit_code"] else str(node["state"])
