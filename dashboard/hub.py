"""Who watches what, and what each viewer is owed. Flow control without a socket, a clock or a thread: pure but for
the state it holds, so that a test can drive it.

A viewer watches one subscription at a time. At most one message to it is unacknowledged; what happens meanwhile
coalesces, because its next delta is made from the snapshot it last got. The snapshots are immutable and shared, so
a slow viewer costs one reference. A viewer that does not acknowledge for `patience` seconds is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from procscope.dashboard.delta import Model

PATIENCE = 30.0
MAX_VIEWERS = 200
MISTAKES = 50


@dataclass(frozen=True)
class Subscription:
    """One view with its parameters, hashable: viewers of the same page share its model and its deltas."""

    view: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass
class Viewer:
    """One connection. `sent` is the snapshot it last got, None while it is owed a whole model."""

    sid: str
    watching: Subscription | None = None
    sent: Model | None = None
    awaited: int = 0
    """The number of the message it has not acknowledged, 0 for none."""
    since: float = field(default=0.0)
    mistakes: int = 0
    told: str = ""
    """The last error sentence it was sent for this subscription."""


class Hub:
    """All viewers. Thread-safe: sockets come and go on their own threads, one poller sends."""

    def __init__(self, patience: float = PATIENCE, limit: int = MAX_VIEWERS) -> None:
        self._viewers: dict[str, Viewer] = {}
        self._lock = threading.Lock()
        self.patience = patience
        self._limit = limit
        self._number = 0
        self.wake = threading.Event()

    def __len__(self) -> int:
        return len(self._viewers)

    def join(self, sid: str) -> bool:
        """Admit a viewer; False when there are too many."""
        with self._lock:
            if len(self._viewers) >= self._limit:
                return False
            self._viewers[sid] = Viewer(sid)
        return True

    def leave(self, sid: str) -> None:
        """Forget a viewer."""
        with self._lock:
            self._viewers.pop(sid, None)

    def watch(self, sid: str, subscription: Subscription) -> None:
        """From now on `sid` follows `subscription` and nothing else; it is owed the whole model."""
        with self._lock:
            if viewer := self._viewers.get(sid):
                viewer.watching, viewer.sent, viewer.told = subscription, None, ""
        self.wake.set()

    def mistaken(self, sid: str) -> bool:
        """`sid` sent something we cannot follow; False once it has done so too often to be answered again."""
        with self._lock:
            viewer = self._viewers.get(sid)
            if viewer is None:
                return False
            viewer.mistakes += 1
            return viewer.mistakes <= MISTAKES

    def ack(self, sid: str, number: int) -> None:
        """`sid` has applied message `number`; numbers it was not sent are ignored."""
        with self._lock:
            viewer = self._viewers.get(sid)
            if viewer is None or number != viewer.awaited:
                return
            viewer.awaited = 0
        self.wake.set()

    def watched(self) -> set[Subscription]:
        """The distinct subscriptions somebody follows."""
        with self._lock:
            return {viewer.watching for viewer in self._viewers.values() if viewer.watching}

    def ready(self, subscription: Subscription, current: Model) -> dict[int, tuple[Model | None, list[str]]]:
        """Viewers that may be sent `current` now, grouped by the snapshot they hold (keyed by its identity)."""
        groups: dict[int, tuple[Model | None, list[str]]] = {}
        with self._lock:
            for viewer in self._viewers.values():
                if viewer.watching == subscription and not viewer.awaited and viewer.sent is not current:
                    groups.setdefault(id(viewer.sent), (viewer.sent, []))[1].append(viewer.sid)
        return groups

    def sending(
        self, subscription: Subscription, sids: Iterable[str], model: Model, now: float
    ) -> tuple[int, list[str]]:
        """Note that these get `model`: the message's number, and those that still follow `subscription`."""
        with self._lock:
            self._number += 1
            going = [sid for sid in sids if (v := self._viewers.get(sid)) and v.watching == subscription]
            for sid in going:
                viewer = self._viewers[sid]
                viewer.sent, viewer.awaited, viewer.since, viewer.told = model, self._number, now, ""
            return self._number, going

    def unchanged(self, subscription: Subscription, sids: Iterable[str], model: Model) -> None:
        """These hold what is equal to `model`: let them hold `model` itself, so that older snapshots are freed."""
        with self._lock:
            for sid in sids:
                viewer = self._viewers.get(sid)
                if viewer and viewer.watching == subscription and viewer.sent is not None:
                    viewer.sent = model

    def untold(self, subscription: Subscription, sentence: str) -> list[str]:
        """Viewers of `subscription` that were not yet told `sentence`; from now on they were."""
        with self._lock:
            found = [v for v in self._viewers.values() if v.watching == subscription and v.told != sentence]
            for viewer in found:
                viewer.told = sentence
            return [viewer.sid for viewer in found]

    def overdue(self, now: float) -> list[str]:
        """Viewers that stopped acknowledging; they are forgotten here, the caller cuts their connection."""
        with self._lock:
            late = [v.sid for v in self._viewers.values() if v.awaited and now - v.since > self.patience]
            for sid in late:
                del self._viewers[sid]
            return late
