"""`procscope task`: everything about one task."""

from __future__ import annotations

import click

from procscope.cli.options import db_option, json_option


@click.command("task")
@click.argument("task_id", metavar="ID", type=click.IntRange(min=0))
@db_option
@json_option
def command(task_id: int, db: str | None, as_json: bool) -> None:
    """Show one task: its path with times, worker, traceback, and how long this function took lately."""
    from procscope.cli import asking, paper, task_page
    from procscope.runtime import clock
    from procscope.runtime.errors import NotFoundError
    from procscope.runtime.store import wire

    store = asking.settled_store(db)
    if store is None:
        raise NotFoundError(f"there is no task {task_id}: nothing was recorded yet")
    detail = store.task(task_id)
    if as_json:
        logs = [wire.log_object(line) for line in detail.logs]
        paper.json_lines([{**wire.task_object(detail.task), "logs": logs}])
    else:
        paper.lines(task_page.page(detail, clock.wall_ns() // 1000))
