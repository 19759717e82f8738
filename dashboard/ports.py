"""What the poller needs of the world: someone who makes models, and a wire to viewers and the database."""

from __future__ import annotations

from typing import Any, Protocol

from procscope.dashboard.delta import Model
from procscope.dashboard.hub import Subscription


class Builder(Protocol):
    """Makes the models of one subscription; keeps what it needs to make the next one cheaply."""

    def build(self, rev: int) -> Model:
        """The snapshot, without series. Raises ProcscopeError with the sentence to show."""

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        """`snapshot` with its series, as a viewer first gets it; with `most` only the first so many elements'."""


class Wire(Protocol):
    """How the poller reaches viewers and the database."""

    def rev(self) -> int:
        """The database's revision."""

    def builder(self, subscription: Subscription) -> Builder:
        """A fresh builder. Raises ProcscopeError."""

    def send(self, event: str, payload: dict[str, Any], sids: list[str]) -> None:
        """Queue a message to these viewers; never blocks."""

    def cut(self, sid: str) -> None:
        """Close a viewer's connection."""
