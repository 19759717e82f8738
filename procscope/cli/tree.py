"""`procscope tree`: a run's processes, who started whom."""

from __future__ import annotations

import click

from procscope.cli.options import db_option, json_option


@click.command("tree")
@click.argument("run", default="last")
@db_option
@json_option
@click.pass_context
def command(ctx: click.Context, run: str, db: str | None, as_json: bool) -> None:
    """Show the processes of RUN (its id, the beginning of it, or "last") as a tree. Default: the last run."""
    from procscope.cli import asking, paper, tree_page
    from procscope.runtime.errors import NotFoundError
    from procscope.runtime.store import wire

    store = asking.settled_store(db)
    if store is None:
        raise NotFoundError("there are no runs yet: record one with `procscope run job.py`")
    found = store.run(run)
    processes = store.processes(found.id)
    trees = wire.tree_objects(processes, asking.current_tasks(store, found, processes), store.pools(found.id))
    if as_json:
        paper.json_lines(trees)
    else:
        paper.lines([tree_page.head(wire.run_object(found))])
        paper.table(tree_page.COLUMNS, tree_page.rows(trees))
    ctx.exit(0 if trees else 1)
