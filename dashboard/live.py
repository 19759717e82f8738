"""The poller: one thread that notices changes and sends each viewer what it is owed.

While somebody watches it reads the database's revision every 200 ms (an ack or a new viewer wakes it earlier),
builds each distinct subscription's model at most every 250 ms and sends the difference to all who hold the same
snapshot in one message. With nobody watching it sleeps and asks nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from procscope.dashboard.delta import Model, diff
from procscope.dashboard.hub import Hub, Subscription
from procscope.dashboard.ports import Builder, Wire
from procscope.runtime.errors import ProcscopeError

log = logging.getLogger("procscope.dashboard")

POLL = 0.2
REBUILD = 0.25
PAUSE = 0.02
"""Between passes at least: two hundred acknowledgements a second must not be two hundred queries."""
REFRESH = 1.0
"""Words that depend on the time alone (a task that is now stuck, a collector that fell silent) are this old at most."""


@dataclass
class _Topic:
    """What the poller keeps of one watched subscription."""

    builder: Builder | None = None
    model: Model | None = None
    rev: int = -1
    built: float = float("-inf")
    deltas: dict[int, tuple[Model, dict[str, Any] | None]] = field(default_factory=dict)


class Poller:
    """Runs `step` on a thread of its own until `stop`."""

    def __init__(self, hub: Hub, wire: Wire, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._wire = wire
        self._clock = clock
        self._topics: dict[Subscription, _Topic] = {}
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="procscope live", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped = True
        self._hub.wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopped:
            self._hub.wake.wait(POLL if len(self._hub) else None)
            self._hub.wake.clear()
            time.sleep(PAUSE)
            try:
                self.step()
            except Exception:  # a fault in one pass must not end the live view of everyone
                log.exception("a pass of the live view failed")
                time.sleep(1)

    def step(self) -> None:
        """One pass: drop the overdue, rebuild what changed, send what is owed."""
        for sid in self._hub.overdue(self._clock()):
            self._wire.cut(sid)
        watched = self._hub.watched()
        self._topics = {subscription: self._topics.get(subscription, _Topic()) for subscription in watched}
        if not watched:
            return
        rev = self._revision()
        for subscription, topic in self._topics.items():
            self._serve(subscription, topic, rev)

    def _revision(self) -> int | ProcscopeError:
        try:
            return self._wire.rev()
        except ProcscopeError as error:
            return error

    def _serve(self, subscription: Subscription, topic: _Topic, rev: int | ProcscopeError) -> None:
        try:
            if isinstance(rev, ProcscopeError):
                raise rev
            self._refresh(subscription, topic, rev)
            self._send(subscription, topic)
        except ProcscopeError as error:
            self._tell(subscription, str(error))
        except Exception as error:
            log.exception("building %s failed", subscription.view)
            topic.builder, topic.built = None, self._clock()
            self._tell(subscription, f"The dashboard could not make this page: {type(error).__name__}.")

    def _tell(self, subscription: Subscription, sentence: str) -> None:
        if sids := self._hub.untold(subscription, sentence):
            self._wire.send("error", {"message": sentence}, sids)

    def _refresh(self, subscription: Subscription, topic: _Topic, rev: int) -> None:
        age = self._clock() - topic.built
        if age < REBUILD or (rev == topic.rev and age < REFRESH):
            return
        topic.built = self._clock()
        if topic.builder is None:
            topic.builder = self._wire.builder(subscription)
        model = topic.builder.build(rev)
        topic.rev = rev
        if topic.model is None or diff(topic.model, model) is not None:
            topic.model, topic.deltas = model, {}

    def _send(self, subscription: Subscription, topic: _Topic) -> None:
        model = topic.model
        if model is None or topic.builder is None:
            return
        for key, (held, sids) in self._hub.ready(subscription, model).items():
            if held is None:
                self._emit("model", {"model": topic.builder.whole(model)}, subscription, sids, model)
                continue
            if key not in topic.deltas:
                topic.deltas[key] = (held, diff(held, model))
            delta = topic.deltas[key][1]
            if delta is None:
                self._hub.unchanged(subscription, sids, model)
            else:
                self._emit("delta", delta, subscription, sids, model)

    def _emit(
        self, event: str, body: dict[str, Any], subscription: Subscription, sids: list[str], model: Model
    ) -> None:
        number, going = self._hub.sending(subscription, sids, model, self._clock())
        if going:
            self._wire.send(event, {"n": number, **body}, going)
