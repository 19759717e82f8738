"""Conditions on task rows, and those among them that an index serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from procscope.runtime.events import State
from procscope.runtime.store.query_grammar import TaskQuery

UNUSUAL = frozenset({State.RUNNING, State.FAILED, State.CANCELLED, State.LOST})
OPEN = frozenset({State.PENDING, State.RUNNING})
"""Only live runs have any: the collector closes what an ended run left open."""
SLOW_US = 100_000
CHANGED = "coalesce(t.finished_us, t.started_us, t.submitted_us)"


@dataclass(frozen=True)
class Condition:
    """SQL over task row `t`. `streams`, if any, are the same condition as ranges of an index in the id's order."""

    sql: str
    streams: tuple[str, ...] = ()
    by_duration: bool = False
    """Served by an index, but one in another order."""
    exact: bool = True
    """Whether what a stream yields needs no further look."""


@dataclass
class Search:
    """All conditions of a query with their parameters, and the range of ids that can matter."""

    conditions: list[Condition] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    floor: int = 0
    ceiling: int = (1 << 62) - 1
    nothing: bool = False

    def ids(self, column: str, ids: Sequence[int], *, no: bool = False, indexed: bool = False) -> None:
        """`column` is one of `ids`, or with `no` none of them. No ids at all: nothing matches, or all does."""
        spelled = ", ".join(map(str, ids))
        if no:
            if ids:
                self.conditions.append(Condition(f"({column} IS NULL OR {column} NOT IN ({spelled}))"))
        elif not ids:
            self.nothing = True
        else:
            streams = tuple(f"{column} = {number}" for number in ids) if indexed else ()
            self.conditions.append(Condition(f"{column} IN ({spelled})", streams))


def add_durations(search: Search, query: TaskQuery) -> None:
    if query.slower_us is not None:
        sql = f"t.duration_us >= {query.slower_us}"
        if query.slower_us >= SLOW_US:
            search.conditions.append(Condition(sql, (f"{sql} AND t.duration_us >= {SLOW_US}",), by_duration=True))
        else:
            search.conditions.append(Condition(sql))
    if query.faster_us is not None:
        search.conditions.append(Condition(f"t.duration_us < {query.faster_us}"))
