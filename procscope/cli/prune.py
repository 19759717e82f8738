"""`procscope prune`: forget old runs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

from procscope.cli.options import db_option, json_option
from procscope.cli.readiness import sqlite_path

if TYPE_CHECKING:
    from procscope.runtime.settings import Settings

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _seconds(ctx: click.Context, param: click.Parameter, value: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", value.strip())
    if not found:
        raise click.BadParameter(f"{value!r} is not an age: write 30d, 12h or 90m", ctx, param)
    return float(found[1]) * _UNITS[found[2]]


@click.command("prune")
@click.option(
    "--older", "older_s", callback=_seconds, required=True, metavar="AGE", help="Forget runs that ended longer ago."
)
@db_option
@json_option
@click.pass_context
def command(ctx: click.Context, older_s: float, db: str | None, as_json: bool) -> None:
    """Forget runs that ended longer than AGE ago (30d, 12h), with all that belongs to them.

    Exits with 1 if there was none.
    """
    from procscope.cli import config, paper
    from procscope.runtime import clock

    gone = _pruned(config.load({"db": db}), clock.wall_ns() // 1000 - int(older_s * 1e6))
    if as_json:
        paper.json_lines([gone])
    else:
        runs, tasks = gone["runs"], gone["tasks"]
        click.echo(
            f"Forgot {runs:,} {'run' if runs == 1 else 'runs'} with {tasks:,} {'task' if tasks == 1 else 'tasks'}."
        )
    ctx.exit(0 if gone["runs"] else 1)


def _pruned(settings: Settings, older_us: int) -> dict[str, int]:
    """How many rows went, by kind."""
    from procscope.runtime.store.engine import open_engine
    from procscope.runtime.store.pruner import prune

    path = sqlite_path(settings)
    if path is not None and not os.path.exists(path) and not settings.db:
        return {"runs": 0, "tasks": 0, "failures": 0, "samples": 0}
    # Reading first: a mistyped --db must not make a database.
    open_engine(settings.database_url, read_only=True).dispose()
    engine = open_engine(settings.database_url)
    try:
        gone = prune(engine, older_us)
    finally:
        engine.dispose()
    return {"runs": gone.runs, "tasks": gone.tasks, "failures": gone.failures, "samples": gone.samples}
