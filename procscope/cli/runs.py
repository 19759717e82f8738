"""`procscope runs`: the runs, newest first."""

from __future__ import annotations

from typing import Any

import click

from procscope.cli.options import db_option, json_option, limit_option


@click.command("runs")
@db_option
@limit_option(20)
@json_option
@click.pass_context
def command(ctx: click.Context, db: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first. Exits with 1 if there is none."""
    from procscope.cli import asking, paper, runs_page
    from procscope.runtime.store import wire

    store = asking.settled_store(db)
    found: list[dict[str, Any]] = [wire.run_object(row) for row in store.runs(limit)] if store else []
    if as_json:
        paper.json_lines(found)
    elif found:
        paper.table(runs_page.COLUMNS, [runs_page.row(run) for run in found])
    else:
        click.echo("No runs yet. Record one with `procscope run job.py`.", err=True)
    ctx.exit(0 if found else 1)
