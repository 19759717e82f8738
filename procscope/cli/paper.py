"""Where commands write: styled on a terminal, plain aligned text anywhere else.

A line is a sequence of pieces (text, style). Text from programs is made printable here, so that an argument
with escape sequences in it cannot touch the terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from procscope.cli.columns import Column, fitting

Piece = tuple[str, str]
Line = Sequence[Piece]

DIM, BOLD, TROUBLE, WARNING, ACCENT = "dim", "bold", "bold red", "yellow", "cyan"
STATE_STYLES = {
    "running": ACCENT,
    "pending": DIM,
    "starting": DIM,
    "failed": TROUBLE,
    "lost": TROUBLE,
    "killed": TROUBLE,
    "cancelled": DIM,
}
"""Red is for trouble; what went well needs no colour."""


def printable(text: str) -> str:
    """`text` on one line: whatever is not printable, control characters above all, as an escape that shows it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def lines(content: Sequence[Line]) -> None:
    """Write lines to stdout; long ones are left to the terminal to wrap."""
    if not sys.stdout.isatty():
        for line in content:
            _plain("".join(printable(text) for text, _ in line))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in content:
        console.print(Text.assemble(*((printable(text), style) for text, style in line)), soft_wrap=True)


def table(columns: Sequence[Column], rows: Sequence[Line]) -> None:
    """Write a table to stdout; every row has a piece for each column."""
    if sys.stdout.isatty():
        _rich_table(columns, rows)
        return
    cells = [[column.title for column in columns], *([printable(text) for text, _ in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    for row in cells:
        padded = (
            cell.rjust(width) if column.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        _plain("  ".join(padded).rstrip())


def _plain(text: str) -> None:
    # A pipe's encoding may not know every character; a name that cannot be spelled must not end the listing.
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def _rich_table(columns: Sequence[Column], rows: Sequence[Line]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    needs = [max(len(column.title), *(len(printable(row[at][0])) for row in rows)) for at, column in enumerate(columns)]
    widths = fitting(columns, needs, console.width)
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM)
    for at, width in widths.items():
        justify: Any = "right" if columns[at].right else "left"
        grid.add_column(columns[at].title, justify=justify, no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        grid.add_row(*(Text(printable(row[at][0]), row[at][1]) for at in widths))
    console.print(grid)


def json_lines(objects: Sequence[object]) -> None:
    """Write each object as JSON on a line of its own, in ASCII."""
    import json

    for found in objects:
        print(json.dumps(found, allow_nan=False))
