"""Log records and last words, of a run or of one task."""

from __future__ import annotations

from procscope.runtime.store.queries.reading import Reader
from procscope.runtime.store.rows.log_rows import LogLine

_LOG = """SELECT l.id, l.run_id, l.process_id, p.pid, l.task_id, l.at_us, l.source, l.level, l.logger, l.site,
 l.message, l.rev FROM logs l LEFT JOIN processes p ON p.id = l.process_id"""


class LogQueries(Reader):
    """What was said, newest last."""

    def logs(self, run_id: int, limit: int = 200, since_rev: int | None = None) -> list[LogLine]:
        """The last `limit` of a run, or those written after `since_rev`, oldest first."""
        where = "l.run_id = :run" + (" AND l.rev > :rev" if since_rev is not None else "")
        given = {"rev": since_rev} if since_rev is not None else {}
        rows = self._rows(f"{_LOG} WHERE {where} ORDER BY l.id DESC LIMIT :limit", run=run_id, limit=limit, **given)
        return [LogLine(*row) for row in reversed(rows)]

    def task_logs(self, task_id: int, limit: int = 200) -> list[LogLine]:
        """What was said in one task, oldest first."""
        rows = self._rows(f"{_LOG} WHERE l.task_id = :task ORDER BY l.id LIMIT :limit", task=task_id, limit=limit)
        return [LogLine(*row) for row in rows]
