"""Builds the page of what a run's processes share."""

from __future__ import annotations

from procscope.dashboard.builders.reading import Kept, heading, now_us
from procscope.dashboard.builders.wrongs import Wrongs
from procscope.dashboard.delta import Model
from procscope.dashboard.presenters.run_lines import run_line
from procscope.dashboard.presenters.sync_lines import depth_series, sync_lines
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Primitive

PRIMITIVES_SHOWN = 500
SERIES_S = 120
_PRIMITIVES_FOR = 0.5


class SyncBuilder:
    """Models of one run's locks, channels and shared memory; `params` holds its `key`."""

    def __init__(self, store: Store, settings: Settings, params: dict[str, str]) -> None:
        self._store = store
        self._settings = settings
        self._key = params["key"]
        self._primitives: Kept[list[Primitive]] = Kept(_PRIMITIVES_FOR)
        self._wrongs = Wrongs(store, settings)

    def build(self, rev: int) -> Model:
        """The snapshot at `rev`. Raises NotFoundError once the run was pruned."""
        now = now_us()
        store = self._store
        with store.snapshot():
            run = store.run(self._key)
            head = heading(store, self._settings, "sync", rev, int(run.live), now)
            found = self._primitives.get(run.id, lambda: store.primitives(run.id))
            incidents = self._wrongs.lines(run.key, now)
        return {
            **head,
            "run": {**run_line(run, None), "notes": list(run.notes)},
            "incidents": incidents,
            **sync_lines(found[:PRIMITIVES_SHOWN], run.key),
            "more": max(0, len(found) - PRIMITIVES_SHOWN),
        }

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """`snapshot` with the depth of each channel over the last two minutes."""
        since = now_us() // 1_000_000 - SERIES_S
        numbers = [int(line["id"][1:]) for line in snapshot["channels"]]
        series = self._store.channel_series(numbers, since)
        lines = [
            {**line, "depth_series": depth_series(series.get(int(line["id"][1:])))} for line in snapshot["channels"]
        ]
        return {**snapshot, "channels": lines}
