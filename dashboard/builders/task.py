"""Builds the task page."""

from __future__ import annotations

from procscope.dashboard.builders.reading import heading, now_us
from procscope.dashboard.delta import Model
from procscope.dashboard.presenters.task_page import task_page
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store


class TaskBuilder:
    """Models of one task; `params` holds its `id`."""

    def __init__(self, store: Store, settings: Settings, params: dict[str, str]) -> None:
        self._store = store
        self._settings = settings
        self._id = int(params["id"])

    def build(self, rev: int) -> Model:
        """The snapshot. Raises NotFoundError where there is no such task."""
        now = now_us()
        with self._store.snapshot():
            detail = self._store.task(self._id)
            head = heading(self._store, self._settings, "task", rev, int(detail.run.live), now)
        return {**head, **task_page(detail)}

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """The snapshot itself."""
        return snapshot
