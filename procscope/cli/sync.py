"""`procscope sync`: what a run's processes share, who holds it and who waits."""

from __future__ import annotations

import click

from procscope.cli.options import db_option, json_option


@click.command("sync")
@click.argument("run", default="last")
@db_option
@json_option
@click.option("--all", "parts", is_flag=True, help="Also the locks that queues, conditions and pools are made of.")
@click.pass_context
def command(ctx: click.Context, run: str, db: str | None, as_json: bool, parts: bool) -> None:
    """Show the locks, queues, pipes, shared memory and managers of RUN. Default: the last run."""
    from procscope.cli import asking, paper, sync_page, tree_page
    from procscope.runtime.diagnosis import diagnose
    from procscope.runtime.errors import NotFoundError
    from procscope.runtime.store import wire
    from procscope.runtime.store.sync_wire import primitive_object

    store = asking.settled_store(db)
    if store is None:
        raise NotFoundError("there are no runs yet: record one with `procscope run job.py`")
    with store.snapshot():
        found = store.run(run)
        primitives = store.primitives(found.id, parts=parts)
        incidents = [incident for incident in diagnose(store.facts()) if incident.run == found.key]
    objects = [
        primitive_object(one, [incident.text for incident in incidents if one.id in incident.primitives])
        for one in primitives
    ]
    if as_json:
        paper.json_lines(objects)
    else:
        paper.lines([tree_page.head(wire.run_object(found)), *sync_page.troubles(incidents)])
        if objects:
            paper.table(sync_page.COLUMNS, [sync_page.row(one) for one in objects])
        paper.lines(sync_page.graph(objects, found.live))
    ctx.exit(0 if objects else 1)
