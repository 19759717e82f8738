"""What processes share as a table, and who waits for whom in words. Pure: JSON shapes in, pieces out.

job.py  running 12 s  4f21c9
▲ deadlock: process 12 holds lock_a (made job.py:5, acquired job.py:20 in first) and has waited 3.2 s for lock_b …
KIND   NAME    MADE       USED                    CONTENDED  WAIT p95  HOLD p95  STATE
Lock   lock_a  job.py:5   12 times                2          3 ms      10 ms     held
Queue  jobs    job.py:6   120 in, 118 out         0                              2 of 10 inside

12 Process-1 holds lock_a (job.py:5, acquired job.py:20 in first) and waits 3.2 s for lock_b held by 13 Process-2
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

from procscope.cli import paper, times
from procscope.cli.columns import Column
from procscope.cli.paper import Line, Piece
from procscope.dashboard.words import count, duration, size
from procscope.runtime.diagnosis import Incident, Level
from procscope.runtime.diagnosis.sharing_words import place

COLUMNS = (
    Column("KIND"),
    Column("NAME", flexible=True),
    Column("MADE", flexible=True),
    Column("USED"),
    Column("CONTENDED", right=True, spare=True),
    Column("WAIT p95", right=True, spare=True),
    Column("HOLD p95", right=True, spare=True),
    Column("STATE"),
)
_SHOWN = 200
"""Threads of the graph in words; more nobody reads."""
_SIZED = ("Value", "Array", "RawValue", "RawArray", "SharedMemory")
_TROUBLED = {"leaked": paper.TROUBLE}

Object = dict[str, Any]


def troubles(incidents: Iterable[Incident]) -> list[Line]:
    """What is wrong in the run, a line each."""
    styles = {Level.CRITICAL: paper.TROUBLE, Level.WARNING: paper.WARNING}
    return [[("▲ ", styles[incident.level]), (incident.text, "")] for incident in incidents]


def row(one: Object) -> list[Piece]:
    """A primitive's line in the table."""
    return [
        (one["kind"], ""),
        (called(one), paper.BOLD),
        (place(one["site"]), paper.DIM),
        (_used(one), ""),
        (count(one["contended"]), "" if one["contended"] else paper.DIM),
        (_seconds(one["wait_p95_s"]), ""),
        (_seconds(one["hold_p95_s"]), ""),
        _state(one),
    ]


def called(one: Object) -> str:
    """Its name, or what it is to what it belongs to."""
    return str(one["name"] or one["role"] or "")


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)


def _used(one: Object) -> str:
    if one["items_in"] or one["items_out"]:
        return f"{count(one['items_in'])} in, {count(one['items_out'])} out"
    parts = [f"{count(one['acquired'])} times"] if one["acquired"] else []
    parts += [f"{count(one['calls'])} calls"] if one["calls"] else []
    parts += [size(one["size"])] if one["kind"] in _SIZED and one["size"] else []
    return ", ".join(parts) or "never"


def _state(one: Object) -> Piece:
    dead = [holder for holder in one["holders"] if not holder["alive"]]
    if dead and one["state"] == "open":
        return (f"held by {dead[0]['pid']}, which is dead", paper.TROUBLE)
    parts = [f"held by {len(one['holders'])}"] if one["holders"] and one["state"] == "open" else []
    waiting = sum(waiter["alive"] for waiter in one["waiters"])
    parts += [f"{waiting} waiting"] if waiting else []
    if one["depth"] is not None and one["state"] == "open":
        parts.append(f"{count(one['depth'])}{f' of {count(one_max)}' if (one_max := one['maxsize']) else ''} inside")
    return (", ".join(parts) or str(one["state"]), _TROUBLED.get(one["state"], "" if parts else paper.DIM))


def graph(objects: Sequence[Object], live: bool) -> list[Line]:
    """Who holds what and waits for what, a line a thread; of an ended run, how it ended."""
    holding: dict[tuple[int, int], list[tuple[Object, Object]]] = defaultdict(list)
    waiting: dict[tuple[int, int], tuple[Object, Object]] = {}
    names: dict[tuple[int, int], str] = {}
    for one in objects:
        for person in (*one["holders"], *one["waiters"]):
            key = (person["pid"], person["thread"])
            names[key] = f"{person['pid']} {person['name'] or ''}".rstrip() + ("" if person["alive"] else " †")
            if person["what"] == "holds":
                holding[key].append((one, person))
            else:
                waiting[key] = (one, person)
    lines = [_line(names[key], holding.get(key, []), waiting.get(key), live) for key in names]
    return [[], *lines[:_SHOWN]] if lines else []


def _line(who: str, holds: list[tuple[Object, Object]], waits: tuple[Object, Object] | None, live: bool) -> Line:
    parts = []
    if holds:
        parts.append("holds " + " and ".join(_held(one, person) for one, person in holds))
    if waits is not None:
        parts.append(_waits(*waits, live))
    return [(who, paper.BOLD), (" " + " and ".join(parts), "")]


def _held(one: Object, person: Object) -> str:
    about = "probably " if (person["site"] or "").startswith("~") else ""
    acquired = f", acquired {about}{place((person['site'] or '').lstrip('~'))}" if person["site"] else ""
    return f"{called(one) or one['kind']} ({place(one['site'])}{acquired})"


def _waits(one: Object, person: Object, live: bool) -> str:
    now = datetime.now(timezone.utc).isoformat()
    age = f" {duration(times.between(person['since'], now))}" if live and person["alive"] else ""
    verb = "waits" if person["alive"] else "waited"
    what = "" if person["what"] == "acquire" else f" in {person['what']}()"
    by = ", ".join(f"{holder['pid']}{'' if holder['alive'] else ' †'}" for holder in one["holders"][:3])
    held = f" held by {by}" if by else ""
    at = f" at {place(person['site'])}" if person["site"] else ""
    return f"{verb}{age}{what} for {called(one) or one['kind']} ({place(one['site'])}){held}{at}"
