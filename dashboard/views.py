"""Which views there are, what parameters they take, and who makes their models."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from procscope.dashboard.builders.overview import OverviewBuilder
from procscope.dashboard.builders.run import RunBuilder
from procscope.dashboard.builders.sync import SyncBuilder
from procscope.dashboard.builders.task import TaskBuilder
from procscope.dashboard.builders.tasks import TasksBuilder
from procscope.dashboard.hub import Subscription
from procscope.dashboard.ports import Builder
from procscope.runtime.errors import BadQueryError
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store

_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[0-9A-Za-z_-]{1,32}")
_ANYTHING = re.compile(r"[^\0]{0,1000}", re.DOTALL)
_OPTIONAL_NUMBER = re.compile(r"[0-9]{0,18}")

VIEWS: dict[str, dict[str, re.Pattern[str]]] = {
    "overview": {},
    "run": {"key": _KEY},
    "sync": {"key": _KEY},
    "tasks": {"q": _ANYTHING, "before": _OPTIONAL_NUMBER, "limit": _OPTIONAL_NUMBER},
    "task": {"id": _NUMBER},
}
"""View → parameter → what its text must match in full."""

_REQUIRED = frozenset({"key", "id"})


def subscribe(wish: Any) -> Subscription:
    """{"view", "params"} as a viewer sent it, checked; raises BadQueryError naming what is wrong."""
    view = wish.get("view") if isinstance(wish, dict) else None
    if not isinstance(view, str) or view not in VIEWS:
        raise BadQueryError(f"there is no such view: watch one of {', '.join(VIEWS)}")
    given = wish.get("params") or {}
    if not isinstance(given, dict):
        raise BadQueryError("params must be an object of texts")
    found = [(name, str(given.get(name) or "")) for name in VIEWS[view]]
    for name, value in found:
        if not VIEWS[view][name].fullmatch(value):
            raise BadQueryError(f"{name} of the view {view} cannot be {value[:40]!r}: {_remedy(name)}")
    return Subscription(view, tuple((name, value) for name, value in found if value or name in _REQUIRED))


def _remedy(name: str) -> str:
    return {"key": "give a run's id", "q": "give at most 1,000 characters"}.get(name, "give a whole number")


class Desk:
    """Makes models: one for a page, or a builder that goes on making them for those who watch."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._makers: dict[str, Callable[[Store, Settings, dict[str, str]], Builder]] = {
            "overview": OverviewBuilder,
            "run": RunBuilder,
            "sync": SyncBuilder,
            "tasks": TasksBuilder,
            "task": TaskBuilder,
        }

    def builder(self, subscription: Subscription) -> Builder:
        """A fresh builder of `subscription`."""
        return self._makers[subscription.view](self.store, self.settings, dict(subscription.params))

    def model(self, subscription: Subscription, most: int | None = None) -> dict[str, Any]:
        """The whole model now, with the series of the first `most` elements. Raises NotFoundError, StoreError."""
        builder = self.builder(subscription)
        return dict(builder.whole(builder.build(self.store.rev()), most))
