"""Every question the database can answer, once: `Store` is all of them over one connection pool.

run_rows      rev, runs, live_runs, run, processes, process, pools, pool, batches, batch, drops, collectors
task_rows     tasks (a page of a query), tasks_by_id, task
log_rows      logs, task_logs
loads         loads: what the time of pools' workers went to
failure_rows  failures, failure, function_quantiles, pool_quantiles, usual
present       running, pool_rates, run_progress
series        process_series, pool_series, host_series
totals        totals, live_workers
facts         facts, for the diagnosis
primitive_rows  primitives, primitive, edges: what processes share, who holds it and who feeds whom
"""

from __future__ import annotations

from procscope.runtime.settings import Settings
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.queries.facts import FactQueries
from procscope.runtime.store.queries.loads import LoadQueries
from procscope.runtime.store.queries.primitive_rows import PrimitiveQueries


class Store(FactQueries, PrimitiveQueries, LoadQueries):
    """The read side of a database. Share one between threads; `with store.snapshot():` makes questions agree."""

    @classmethod
    def open(cls, where: Settings | str, *, read_only: bool = True) -> Store:
        """The store that settings or a URL name. Raises StoreError.

        Where settings name no database, theirs in the state directory is made if nothing has run yet: an empty
        store is an answer, a mistyped --db is not.
        """
        if isinstance(where, str):
            return cls(open_engine(where, read_only=read_only))
        if not where.db and read_only:
            open_engine(where.database_url).dispose()
        return cls(open_engine(where.database_url, read_only=read_only))

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


__all__ = ["Store"]
