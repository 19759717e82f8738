"""Where the time of a pool's workers went. Pure: JSON shapes in, lines out.

Pool-1  2.9 of 8 workers' worth, 400 tasks in 3.2 s
58% of its workers' time: pickling and sending results of 5.2 MB each
  in calls              36 %   9.3 s
  sending               58 %   14.8 s
for map of resize: chunksize 25 instead of 1 would have taken about 40 % less
"""

from __future__ import annotations

from typing import Any

from procscope.cli import paper
from procscope.cli.columns import Column
from procscope.cli.paper import Line
from procscope.cli.tasks_page import short
from procscope.dashboard.words import count, duration, size

COLUMNS = (
    Column("WORKER", right=True),
    Column("CALLS", right=True),
    Column("TASKS", right=True),
    Column("BUSY", right=True),
    Column("IDLE", right=True),
    Column("RECEIVING", right=True, spare=True),
    Column("SENDING", right=True, spare=True),
    Column("LOCKS", right=True, spare=True),
)
FUNCTIONS = (
    Column("FUNCTION", flexible=True),
    Column("TASKS", right=True),
    Column("WAITED", right=True),
    Column("RAN", right=True),
    Column("BACK", right=True),
    Column("IN", right=True, spare=True),
    Column("OUT", right=True, spare=True),
)
MOST = 32
WORDS = {
    "starting": "not there yet",
    "receiving": "receiving arguments",
    "sending": "sending results",
    "handling": "between items",
    "straggling": "after its last task",
    "waiting": "waiting for a task",
    "locks": "in calls, for locks",
    "not_observed": "not in calls",
}


def head(one: dict[str, Any]) -> list[Line]:
    """The lines above the table of workers."""
    worth = f"{one['achieved']:.1f} of {count(one['workers'])} workers' worth"
    lines: list[Line] = [
        [(one["pool"], paper.BOLD), (f"  {worth}, {count(one['tasks'])} tasks in {duration(one['wall_s'])}", "")],
        [(one["verdict"], paper.WARNING if one["efficiency"] < 0.5 else "")],
        _share("in calls", one["efficiency"], one["run_s"]),
    ]
    lines += [_share(WORDS.get(what, what), lost["share"], lost["s"]) for what, lost in one["lost"].items()]
    return [*lines, *[_chunking(better) for better in one["chunksize"][:5]]]


def _share(what: str, share: float, seconds: float) -> Line:
    return [(f"  {what:<22}", paper.DIM), (f"{share:>5.0%}  {duration(seconds)}", "")]


def _chunking(better: dict[str, Any]) -> Line:
    what = f"{better['method']} of {short(better['func'] or '?')}, {count(better['items'])} items"
    then = f"chunksize {better['better']} instead of {better['chunksize']} would have taken about"
    return [(f"{what}: {then} {better['gain']:.0%} less time", paper.ACCENT)]


def rows(one: dict[str, Any]) -> list[Line]:
    """A line for each worker, the busiest first."""
    workers = sorted(one["by_worker"], key=lambda worker: -worker["busy_s"])[:MOST]
    return [
        [
            (str(worker["pid"] or ""), ""),
            (count(worker["calls"]), paper.DIM),
            (count(worker["tasks"]), paper.DIM),
            *((_seconds(worker[name]), "") for name in ("busy_s", "idle_s", "receiving_s", "sending_s", "locks_s")),
        ]
        for worker in workers
    ]


def functions(one: dict[str, Any]) -> list[Line]:
    """A line for each function: where the time of one task of it goes."""
    return [
        [
            (short(func["func"]), ""),
            (count(func["tasks"]), paper.DIM),
            *((_seconds(func[name]), "") for name in ("wait_s", "run_s", "transfer_s")),
            *(("" if func[name] is None else size(func[name]), "") for name in ("bytes_in", "bytes_out")),
        ]
        for func in one["functions"][:MOST]
    ]


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)
