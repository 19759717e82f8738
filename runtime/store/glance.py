"""One run's state and counts at a glance, for whoever must not wait for SQLAlchemy to be imported.

The line at the end of `procscope run` stands between a person and the prompt: 10 ms here, 300 ms by `queries`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import NamedTuple
from urllib.parse import quote

_SQL = "SELECT state, exit_code, pending, running, succeeded, failed, cancelled, lost, dropped FROM runs WHERE key = ?"


class Glance(NamedTuple):
    """A run's state, exit code, tasks by state, and facts that were dropped."""

    state: str
    exit_code: int | None
    pending: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    lost: int
    dropped: int

    @property
    def total(self) -> int:
        """All its tasks."""
        return self.pending + self.running + self.succeeded + self.failed + self.cancelled + self.lost


def of_sqlite(path: str, key: str) -> Glance | None:
    """The run `key` in the SQLite database at `path`; None if it is not there, or cannot be read just now."""
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=1)) as connection:
            row = connection.execute(_SQL, (key,)).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else Glance(*row)


def of_store(url: str, key: str) -> Glance | None:
    """The same by `queries`, for any database. Raises StoreError."""
    from procscope.runtime.errors import NotFoundError
    from procscope.runtime.store.queries import Store

    with Store.open(url) as store:
        try:
            run = store.run(key)
        except NotFoundError:
            return None
    n = run.counts
    of_tasks = (n.pending, n.running, n.succeeded, n.failed, n.cancelled, n.lost)
    return Glance(run.state, run.exit_code, *of_tasks, run.dropped)
