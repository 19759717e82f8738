"""How a table's columns share a terminal's width. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP = 2
NARROWEST = 20
"""What a flexible column keeps while there are spare ones to leave out."""


class Column(NamedTuple):
    """A table's column. Where the terminal is narrow, `spare` ones are left out, then `flexible` ones are cut."""

    title: str
    right: bool = False
    flexible: bool = False
    spare: bool = False


def fitting(columns: Sequence[Column], needs: Sequence[int], room: int) -> dict[int, int]:
    """Column → width for a terminal of `room` characters, given what each would need."""
    kept = list(range(len(columns)))
    for at in reversed(range(len(columns))):
        least = sum(min(needs[i], NARROWEST) if columns[i].flexible else needs[i] for i in kept)
        if least + GAP * len(kept) <= room:
            break
        if columns[at].spare:
            kept.remove(at)
    return _shared({at: needs[at] for at in kept}, [at for at in kept if columns[at].flexible], room)


def _shared(widths: dict[int, int], flexible: list[int], room: int) -> dict[int, int]:
    """`widths` with the flexible ones cut to a fair share of what the others leave; small ones first get theirs."""
    left = room - GAP * len(widths) - sum(width for at, width in widths.items() if at not in flexible)
    for rank, at in enumerate(sorted(flexible, key=widths.__getitem__)):
        widths[at] = max(1, min(widths[at], left // (len(flexible) - rank)))
        left -= widths[at]
    return widths
