"""What is wrong in one run now, a moment old at most."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.builders.reading import Kept
from procscope.dashboard.presenters.incidents import incident_line
from procscope.runtime.diagnosis.incidents import Incident
from procscope.runtime.diagnosis.rules import diagnose
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store

INCIDENTS_SHOWN = 50
_KEPT_FOR = 0.5


class Wrongs:
    """The incidents of one run."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._found: Kept[list[Incident]] = Kept(_KEPT_FOR)

    def lines(self, run_key: str, now: int) -> list[dict[str, Any]]:
        """The elements of `incidents`, the worst first; `now` in µs since the epoch."""
        found = self._found.get(run_key, lambda: self._diagnose(run_key, now))
        return [incident_line(incident) for incident in found[:INCIDENTS_SHOWN]]

    def _diagnose(self, run_key: str, now: int) -> list[Incident]:
        found = diagnose(self._store.facts(now_us=now), task_limit_s=self._settings.task_limit)
        return [incident for incident in found if incident.run == run_key]
