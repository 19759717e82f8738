"""Builds the tasks page: one page of a search, kept current while it is looked at."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.builders.reading import Kept, heading, now_us
from procscope.dashboard.delta import Model
from procscope.dashboard.presenters.task_lines import task_line
from procscope.dashboard.words import iso
from procscope.runtime.errors import BadQueryError, NotFoundError
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.query_grammar import parse
from procscope.runtime.store.rows import Task, TaskPage

ROWS = 100
MOST_ROWS = 1000
_NAMES_FOR = 5.0


class TasksBuilder:
    """Pages of `q`, older than task id `before`, of `limit` rows."""

    def __init__(self, store: Store, settings: Settings, params: dict[str, str]) -> None:
        self._store = store
        self._settings = settings
        self._text = params.get("q", "")
        self._before = int(params["before"]) if params.get("before") else None
        self._limit = max(1, min(MOST_ROWS, int(params.get("limit") or ROWS)))
        self._names: Kept[dict[str, str]] = Kept(_NAMES_FOR)
        self._lines: dict[int, tuple[Task, dict[str, Any]]] = {}

    def build(self, rev: int) -> Model:
        """The page; a query that cannot be understood is part of the model, so that the form keeps it."""
        now = now_us()
        error = None
        page = TaskPage([], None, None)
        with self._store.snapshot():
            live = len(self._store.live_runs())
            try:
                page = self._store.tasks(parse(self._text), before=self._before, limit=self._limit)
            except (BadQueryError, NotFoundError) as refused:
                error = str(refused)
            head = heading(self._store, self._settings, "tasks", rev, live, now)
            rows = self._rows(page.rows)
        searched = iso(page.searched_to_us)
        return {**head, "query": self._text, "error": error, "rows": rows, "next": page.next, "searched_to": searched}

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """The snapshot itself."""
        return snapshot

    def _rows(self, tasks: list[Task]) -> list[dict[str, Any]]:
        keys = sorted({task.run_key for task in tasks})
        names = self._names.get(keys, lambda: self._run_names(keys))
        held = {task.id: self._line(task, names.get(task.run_key)) for task in tasks}
        self._lines = held
        return [line for _, line in held.values()]

    def _line(self, task: Task, run_name: str | None) -> tuple[Task, dict[str, Any]]:
        """A row that did not change keeps its element, which a diff then skips."""
        held = self._lines.get(task.id)
        if held is not None and held[0] == task and held[1]["run_name"] == run_name:
            return held
        return task, task_line(task, run_name)

    def _run_names(self, keys: list[str]) -> dict[str, str]:
        found = {}
        for key in keys[:ROWS]:
            try:
                found[key] = self._store.run(key).name
            except NotFoundError:
                continue
        return found
