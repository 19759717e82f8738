"""`procscope collect`: the collector, in the foreground."""

from __future__ import annotations

import click

from procscope.cli import config
from procscope.cli.options import db_option


@click.command("collect")
@db_option
@click.option("--idle-exit", is_flag=True, help="Leave when there has been nothing to do for a while.")
def command(db: str | None, idle_exit: bool) -> None:
    """Collect what programs write, until Ctrl-C. One a spool: refused where one is at work already."""
    from procscope.runtime.collector import loop

    loop.run(config.load({"db": db}), idle_exit=idle_exit)
