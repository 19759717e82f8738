"""Flow control: a viewer that stops reading must cost one reference, and then nothing."""

from __future__ import annotations

from procscope.dashboard.hub import MISTAKES, Hub, Subscription

PAGE = Subscription("overview")
OTHER = Subscription("run", (("key", "ab"),))


def watching(*sids: str, limit: int = 10) -> Hub:
    hub = Hub(patience=30, limit=limit)
    for sid in sids:
        assert hub.join(sid)
        hub.watch(sid, PAGE)
    return hub


def test_no_second_message_is_in_flight_and_what_happened_meanwhile_coalesces() -> None:
    hub = watching("a")
    first, third = {"rev": 1}, {"rev": 3}
    number, going = hub.sending(PAGE, ["a"], first, now=0)
    assert going == ["a"]
    assert hub.ready(PAGE, third) == {}
    hub.ack("a", number)
    ((held, sids),) = hub.ready(PAGE, third).values()
    assert held is first
    assert sids == ["a"]


def test_an_ack_of_another_message_frees_nothing() -> None:
    hub = watching("a")
    number, _ = hub.sending(PAGE, ["a"], {}, now=0)
    hub.ack("a", number + 1)
    hub.ack("stranger", number)
    assert hub.ready(PAGE, {"rev": 2}) == {}


def test_a_viewer_that_stops_acknowledging_is_dropped_and_the_others_stay() -> None:
    hub = watching("a", "b")
    number, _ = hub.sending(PAGE, ["a", "b"], {}, now=100)
    hub.ack("b", number)
    assert hub.overdue(now=130) == []
    assert hub.overdue(now=130.1) == ["a"]
    assert len(hub) == 1


def test_viewers_that_hold_the_same_snapshot_share_one_delta() -> None:
    hub = watching("a", "b", "c")
    model = {"rev": 1}
    number, _ = hub.sending(PAGE, ["a", "b"], model, now=0)
    hub.ack("a", number)
    hub.ack("b", number)
    groups = {frozenset(sids) for _, sids in hub.ready(PAGE, {"rev": 2}).values()}
    assert groups == {frozenset("ab"), frozenset("c")}


def test_a_viewer_that_moved_on_meanwhile_does_not_get_the_old_page() -> None:
    hub = watching("a")
    hub.watch("a", OTHER)
    assert hub.sending(PAGE, ["a"], {}, now=0)[1] == []
    assert hub.watched() == {OTHER}


def test_a_new_watch_is_owed_a_whole_model_but_not_before_the_last_message_was_read() -> None:
    hub = watching("a")
    number, _ = hub.sending(PAGE, ["a"], {"rev": 1}, now=0)
    hub.watch("a", OTHER)
    assert hub.ready(OTHER, {"rev": 1}) == {}
    hub.ack("a", number)
    assert [held for held, _ in hub.ready(OTHER, {"rev": 1}).values()] == [None]


def test_there_is_a_last_place() -> None:
    hub = watching("a", "b", limit=2)
    assert not hub.join("c")
    hub.leave("a")
    assert hub.join("c")


def test_answers_to_nonsense_come_to_an_end() -> None:
    hub = watching("a")
    assert [hub.mistaken("a") for _ in range(MISTAKES + 1)] == [True] * MISTAKES + [False]
    assert not hub.mistaken("stranger")


def test_an_error_is_told_once_and_again_only_when_it_changes() -> None:
    hub = watching("a")
    assert hub.untold(PAGE, "the database is gone") == ["a"]
    assert hub.untold(PAGE, "the database is gone") == []
    assert hub.untold(PAGE, "still gone") == ["a"]
