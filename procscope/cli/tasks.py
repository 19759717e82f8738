"""`procscope tasks`: the tasks that match a query, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from procscope.cli.options import db_option, json_option, limit_option

if TYPE_CHECKING:
    from procscope.runtime.store.queries import Store

PAGE = 200


@click.command("tasks")
@click.argument("query", nargs=-1)
@db_option
@limit_option(50)
@json_option
@click.pass_context
def command(ctx: click.Context, query: tuple[str, ...], db: str | None, limit: int, as_json: bool) -> None:
    """List tasks, newest first; exits with 1 if none matches.

    QUERY: state:failed func:NAME run:last|ID worker:PID pool:NAME slower:1s since:2h; bare words match
    function, arguments and error text. All must match; a leading - negates.
    """
    from procscope.cli import asking, paper, tasks_page

    store = asking.settled_store(db)
    found = _matching(store, _text(query), limit) if store else []
    if as_json:
        paper.json_lines([task for task, _ in found])
    elif found:
        paper.table(tasks_page.COLUMNS, [tasks_page.row(task, reason) for task, reason in found])
    else:
        click.echo("No task matches." if query else "No tasks yet.", err=True)
    ctx.exit(0 if found else 1)


def _text(words: tuple[str, ...]) -> str:
    """One argument is a whole query; of several, one with blanks in it had quotes that the shell took off."""
    if len(words) == 1:
        return words[0]
    return " ".join(_quoted(word) if any(c.isspace() for c in word) and '"' not in word else word for word in words)


def _quoted(word: str) -> str:
    name, colon, value = word.partition(":")
    return f'{name}:"{value}"' if colon and name.removeprefix("-").isalpha() else f'"{word}"'


def _matching(store: Store, text: str, limit: int) -> list[tuple[dict[str, Any], str | None]]:
    """The newest `limit` matches as (JSON shape, reason): each call of the store looks only so far back."""
    from procscope.runtime.store import wire
    from procscope.runtime.store.query_grammar import parse

    wanted = parse(text)
    found: list[tuple[dict[str, Any], str | None]] = []
    before: int | None = None
    while len(found) < limit:
        page = store.tasks(wanted, before=before, limit=min(PAGE, limit - len(found)))
        found += [(wire.task_object(row), row.reason) for row in page.rows]
        before = page.next
        if before is None:
            break
    return found
