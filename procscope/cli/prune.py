"""`procscope prune`: forget old runs."""

from __future__ import annotations

import re

import click

from procscope.cli.options import db_option, json_option

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
    from procscope.cli import asking

    forgotten = asking.pruned(db, older_s)
    if as_json:
        click.echo(f'{{"runs": {forgotten}}}')
    else:
        click.echo(f"Forgot {forgotten:,} {'run' if forgotten == 1 else 'runs'}.")
    ctx.exit(0 if forgotten else 1)
