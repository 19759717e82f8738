"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorated = Callable[..., Any]

db_option = click.option("--db", metavar="URL", help="A database URL or SQLite file. Default: in the state directory.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


def limit_option(default: int) -> Callable[[Decorated], Decorated]:
    """`--limit N` of a list, with its default."""
    return click.option(
        "--limit", type=click.IntRange(min=1), default=default, show_default=True, metavar="N", help="Show at most N."
    )
