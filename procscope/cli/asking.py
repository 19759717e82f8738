"""The store for a command that asks: settled first, and None where nothing was ever recorded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from procscope.cli import config
from procscope.cli.readiness import sqlite_path
from procscope.cli.settle import settle
from procscope.runtime.settings import Settings

if TYPE_CHECKING:
    from procscope.runtime.store.queries import Store
    from procscope.runtime.store.rows import Process, Run, Task


def settled_store(db: str | None) -> Store | None:
    """The store of this command's settings, once it holds what had happened when the command was typed.

    None where there is no database and nobody gave one. Raises ProcscopeError.
    """
    settings = config.load({"db": db})
    settle(settings)
    return store_of(settings)


def store_of(settings: Settings) -> Store | None:
    """The store, or None where the default database does not exist yet. Raises StoreError."""
    from procscope.runtime.store.queries import Store

    path = sqlite_path(settings)
    if path is not None and not settings.db and not os.path.exists(path):
        return None
    return Store.open(settings)


def current_tasks(store: Store, run: Run, processes: Sequence[Process]) -> dict[int, Task]:
    """Process id → the task it is on, or was when it died; only of tasks that have a row."""
    from procscope.runtime.events import State
    from procscope.runtime.store.query_grammar import TaskQuery

    on = {row.id: row.current_index for row in processes if row.current_since_us is not None}
    pids = tuple({row.pid for row in processes if row.id in on})
    if not pids:
        return {}
    wanted = TaskQuery(states=frozenset({State.RUNNING, State.LOST}), runs=(run.key,), workers=pids)
    page = store.tasks(wanted, before=None, limit=2 * len(pids) + 50)
    found = {}
    for task in reversed(page.rows):
        if task.process_id in on and (task.index is None or task.index == on[task.process_id]):
            found[task.process_id] = task
    return found
