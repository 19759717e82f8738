"""The poller, driven by hand: no thread, no clock, no database."""

from __future__ import annotations

from typing import Any

import pytest

from procscope.dashboard.delta import Model
from procscope.dashboard.hub import Hub, Subscription
from procscope.dashboard.live import Poller
from procscope.runtime.errors import NotFoundError, StoreError

PAGE = Subscription("overview")


class Fake:
    """The wire and the only builder: counts what is asked of it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.value = 1
        self.revision = 1
        self.builds = 0
        self.asked = 0
        self.sent: list[tuple[str, dict[str, Any], list[str]]] = []
        self.cuts: list[str] = []
        self.fault: Exception | None = None

    def rev(self) -> int:
        self.asked += 1
        if isinstance(self.fault, StoreError):
            raise self.fault
        return self.revision

    def builder(self, subscription: Subscription) -> Fake:
        return self

    def build(self, rev: int) -> Model:
        self.builds += 1
        if self.fault:
            raise self.fault
        return {"rev": rev, "value": self.value}

    def whole(self, snapshot: Model, most: int | None = None) -> Model:
        return {**snapshot, "series": [1, 2, 3]}

    def send(self, event: str, payload: dict[str, Any], sids: list[str]) -> None:
        self.sent.append((event, payload, sids))

    def cut(self, sid: str) -> None:
        self.cuts.append(sid)

    def change(self) -> None:
        self.value += 1
        self.revision += 1


class Stage:
    def __init__(self, *sids: str) -> None:
        self.fake = Fake()
        self.hub = Hub()
        self.poller = Poller(self.hub, self.fake, clock=lambda: self.fake.now)
        for sid in sids:
            self.hub.join(sid)
            self.hub.watch(sid, PAGE)

    def step(self, seconds: float = 0.3) -> None:
        self.fake.now += seconds
        self.poller.step()

    def ack(self, sid: str) -> None:
        self.hub.ack(sid, self.fake.sent[-1][1]["n"])


def test_with_nobody_watching_the_database_is_left_alone() -> None:
    stage = Stage()
    stage.step()
    assert stage.fake.asked == 0


def test_one_model_is_built_and_one_message_made_for_all_who_watch_the_same() -> None:
    stage = Stage("a", "b", "c")
    stage.step()
    assert stage.fake.builds == 1
    ((event, payload, sids),) = stage.fake.sent
    assert (event, sids) == ("model", ["a", "b", "c"])
    assert payload["model"]["series"] == [1, 2, 3]
    for sid in sids:
        stage.ack(sid)
    stage.fake.change()
    stage.step()
    event, payload, sids = stage.fake.sent[-1]
    assert (event, sids) == ("delta", ["a", "b", "c"])
    assert payload["set"] == {"rev": 2, "value": 2}


def test_a_silent_viewer_gets_nothing_more_then_one_delta_over_all_it_missed() -> None:
    stage = Stage("a")
    stage.step()
    for _ in range(5):
        stage.fake.change()
        stage.step()
    assert len(stage.fake.sent) == 1
    stage.ack("a")
    stage.step()
    assert stage.fake.sent[-1][1]["set"]["value"] == 6
    assert len(stage.fake.sent) == 2


def test_a_viewer_that_never_reads_is_cut_after_thirty_seconds() -> None:
    stage = Stage("a", "b")
    stage.step()
    stage.ack("b")
    stage.step(31)
    assert stage.fake.cuts == ["a"]


def test_a_storm_of_changes_builds_at_most_four_models_a_second() -> None:
    stage = Stage("a")
    for _ in range(100):
        stage.fake.change()
        stage.step(0.02)
    assert stage.fake.builds <= 9


def test_an_unchanged_database_is_looked_at_again_once_a_second_for_words_that_age() -> None:
    stage = Stage("a")
    for _ in range(20):
        stage.step(0.2)
    assert 3 <= stage.fake.builds <= 5
    assert len(stage.fake.sent) == 1


@pytest.mark.parametrize("fault", [NotFoundError("there is no run ab"), StoreError("the database is gone")])
def test_a_fault_is_told_once_and_the_view_recovers(fault: Exception) -> None:
    stage = Stage("a")
    stage.fake.fault = fault
    stage.step()
    stage.step()
    assert stage.fake.sent == [("error", {"message": str(fault)}, ["a"])]
    stage.fake.fault = None
    stage.step(1.1)
    assert stage.fake.sent[-1][0] == "model"


def test_a_mistake_of_ours_in_one_view_does_not_end_the_others() -> None:
    stage = Stage("a")
    stage.fake.fault = ZeroDivisionError("ours")
    stage.step()
    assert stage.fake.sent[-1][0] == "error"
    assert "ours" not in stage.fake.sent[-1][1]["message"]
    stage.fake.fault = None
    stage.step()
    assert stage.fake.sent[-1][0] == "model"
