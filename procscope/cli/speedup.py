"""`procscope speedup`: why N workers were not N times faster."""

from __future__ import annotations

import click

from procscope.cli.options import db_option, json_option


@click.command("speedup")
@click.argument("run", default="last")
@db_option
@json_option
@click.pass_context
def command(ctx: click.Context, run: str, db: str | None, as_json: bool) -> None:
    """Show what the time of each pool's workers went to, in RUN. Default: the last run."""
    from procscope.cli import asking, paper, speedup_page, tree_page
    from procscope.runtime.diagnosis import speedup
    from procscope.runtime.errors import NotFoundError
    from procscope.runtime.store import wire

    store = asking.settled_store(db)
    if store is None:
        raise NotFoundError("there are no runs yet: record one with `procscope run job.py`")
    found = store.run(run)
    judged = [one for load in store.loads(found.id) if (one := speedup.judged(load)) is not None]
    objects = [speedup.as_object(one) for one in judged]
    if as_json:
        paper.json_lines(objects)
    else:
        paper.lines([tree_page.head(wire.run_object(found))])
        for pool in objects:
            paper.lines([[], *speedup_page.head(pool)])
            paper.table(speedup_page.FUNCTIONS, speedup_page.functions(pool))
            if pool["by_worker"]:
                paper.table(speedup_page.COLUMNS, speedup_page.rows(pool))
    ctx.exit(0 if objects else 1)
