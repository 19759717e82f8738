"""An exception with its causes as lines: the message first, the program's own frames loud, libraries dim. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from procscope.cli import paper
from procscope.cli.paper import Line

if TYPE_CHECKING:
    from procscope.runtime.events import Frame, Raised

_JOINS = {"context": "while handling", "group": "which holds"}


def page(raised: Raised) -> list[Line]:
    """The exception, then what it was raised because of, each with frames and source lines."""
    return list(_lines(raised, paper.TROUBLE))


def _lines(raised: Raised, style: str) -> Iterator[Line]:
    first, *more = raised.message.splitlines() or [""]
    yield [(raised.type, style), (f": {first}" if first else "", style)]
    for line in more:
        yield [("  " + line, style)]
    for frame in raised.frames:
        yield from _frame(frame)
    for cause in raised.causes:
        yield [(_JOINS.get(cause.link, "because of"), paper.DIM)]
        yield from _lines(cause, paper.BOLD)


def _frame(frame: Frame) -> Iterator[Line]:
    style = "" if frame.ours else paper.DIM
    yield [(f"  {frame.file}:{frame.line}", paper.DIM), (f" in {frame.func}", style)]
    if frame.source:
        yield [("      " + frame.source.strip(), paper.BOLD if frame.ours else paper.DIM)]
