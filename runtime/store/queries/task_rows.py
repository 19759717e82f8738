"""Tasks: pages of a query, one with all that belongs to it, and those that run now."""

from __future__ import annotations

from collections.abc import Sequence

from procscope.runtime import clock
from procscope.runtime.errors import NotFoundError
from procscope.runtime.store.queries.failure_rows import FailureQueries
from procscope.runtime.store.queries.log_rows import LogQueries
from procscope.runtime.store.queries.run_rows import RunQueries
from procscope.runtime.store.queries.series import SeriesQueries
from procscope.runtime.store.queries.task_scan import ScanQueries
from procscope.runtime.store.query_grammar import TaskQuery
from procscope.runtime.store.rows import Process, ProcessSeries, Recent, Task, TaskDetail, TaskPage

RECENT = 200
_OWN = 27
_TASK = """SELECT t.id, t.run_id, r.key, t.pool_id, o.name, o.kind, t.batch_id, b.total, b.method, t.item_index,
 t.number, t.func_id, t.state, t.process_id, p.pid, t.thread, t.args, t.submitted_us, t.started_us, t.finished_us,
 t.duration_us, t.reason, t.failure_id, f.type, f.message, f.raised, t.rev,
 t.arrived_us, t.bytes_in, t.bytes_out, t.progress_done, t.progress_total, t.progress_text
 FROM tasks t LEFT JOIN runs r ON r.id = t.run_id LEFT JOIN pools o ON o.id = t.pool_id
 LEFT JOIN batches b ON b.id = t.batch_id LEFT JOIN processes p ON p.id = t.process_id
 LEFT JOIN failures f ON f.id = t.failure_id"""
_RECENT = """SELECT id, duration_us, state FROM tasks
 WHERE func_id = :func AND id BETWEEN :low AND :high AND duration_us IS NOT NULL ORDER BY id {} LIMIT :limit"""
_LOOK = 5_000
"""Ids to either side in which recent tasks of a function are looked for when it has few that ended."""


class TaskQueries(ScanQueries, RunQueries, FailureQueries, SeriesQueries, LogQueries):
    """Everything about tasks."""

    def tasks(
        self, query: TaskQuery, *, before: int | None = None, limit: int = 50, now_us: int | None = None
    ) -> TaskPage:
        """A page of what `query` means, newest first; `before` is the `next` of the page before."""
        with self.snapshot():
            now = now_us if now_us is not None else clock.wall_ns() // 1000
            found = self._find(self._search(query, now), before, max(1, limit))
            return TaskPage(self.tasks_by_id(found.ids), found.next, found.searched_to_us)

    def tasks_by_id(self, ids: Sequence[int]) -> list[Task]:
        """The tasks with these ids, newest first; those that do not exist are left out."""
        if not ids:
            return []
        rows = self._rows(f"{_TASK} WHERE t.id IN :ids ORDER BY t.id DESC", ids=list(ids))
        names = self.function_names(row[11] for row in rows)
        return [Task(*[*row[:_OWN], names.get(row[11], ""), *row[_OWN:]]) for row in rows]

    def task(self, task_id: int) -> TaskDetail:
        """One task with everything its page shows. Raises NotFoundError."""
        with self.snapshot():
            found = self.tasks_by_id([task_id])
            if not found:
                raise NotFoundError(f"there is no task {task_id}: list them with procscope tasks")
            task = found[0]
            process = self.process(task.process_id) if task.process_id else None
            return TaskDetail(
                task=task,
                run=self.run(task.run_key),
                pool=self.pool(task.pool_id) if task.pool_id else None,
                batch=self.batch(task.batch_id) if task.batch_id else None,
                process=process,
                failure=self.failure(task.failure_id) if task.failure_id else None,
                recent=self._recent(task),
                quantiles=self.usual([task.func_id], _last_us(task)).get(task.func_id),
                memory=self._memory(task, process),
                logs=self.task_logs(task_id),
            )

    def _recent(self, task: Task) -> list[Recent]:
        """Up to RECENT tasks of the same function that ran, this one among them, as near to it as there are."""
        after = self._rows(
            _RECENT.format("ASC"), func=task.func_id, low=task.id, high=task.id + _LOOK, limit=RECENT // 4
        )
        rest = RECENT - len(after)
        before = self._rows(
            _RECENT.format("DESC"), func=task.func_id, low=task.id - _LOOK, high=task.id - 1, limit=rest
        )
        return [Recent(*row) for row in [*reversed(before), *after]]

    def _memory(self, task: Task, process: Process | None) -> ProcessSeries:
        """The worker's samples: from a minute before the task's start to half a minute after its end."""
        start = task.started_us or task.submitted_us
        if process is None or start is None:
            return ProcessSeries([], [], [])
        since, until = start // 1_000_000 - 60, (task.finished_us or 1 << 60) // 1_000_000 + 30
        step = max(1, (min(until, clock.wall_ns() // 10**9) - since) // 600)
        whole = self.process_series(task.run_id, since, step=step, process_ids=[process.id]).get(process.id)
        if whole is None:
            return ProcessSeries([], [], [])
        n = sum(at <= until for at in whole.t)
        return ProcessSeries(whole.t[:n], whole.cpu[:n], whole.rss[:n])


def _last_us(task: Task) -> int:
    return task.finished_us or task.started_us or task.submitted_us or 0
