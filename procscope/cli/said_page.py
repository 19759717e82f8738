"""What was said in a task: log records, and the last words of a process that died. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from procscope.cli import paper, times
from procscope.cli.paper import Line
from procscope.dashboard.words import iso

if TYPE_CHECKING:
    from procscope.runtime.store.rows import LogLine

_LEVELS = {30: "WARNING", 40: "ERROR", 50: "CRITICAL"}


def page(said: Sequence[LogLine]) -> list[Line]:
    """A line for each line that was said, the first with its time and level."""
    return [line for one in said for line in _lines(one)]


def _lines(one: LogLine) -> list[Line]:
    what = "stderr" if one.source == "stderr" else level(one.level)
    style = paper.WARNING if what == "WARNING" else paper.TROUBLE
    first, *more = one.message.splitlines() or [""]
    where = f"  {one.logger or ''}  {one.site or ''}".rstrip()
    head = [(f"{times.clock(iso(one.at_us))}  ", paper.DIM), (f"{what:<8}  ", style), (first, ""), (where, paper.DIM)]
    return [head, *([(" " * 24 + line, "")] for line in more)]


def level(number: int | None) -> str:
    """As logging calls it: WARNING for 30."""
    return _LEVELS.get(number or 0) or f"level {number}"
