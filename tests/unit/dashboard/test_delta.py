"""A viewer that applies deltas must end with what the server has, whatever the changes were."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from procscope.dashboard.delta import apply, diff

Model = dict[str, Any]


def chart(times: list[int], **lines: list[float | None]) -> dict[str, Any]:
    return {"t": times, "series": [{"name": name, "values": values} for name, values in lines.items()], "limit": None}


def random_model(chance: random.Random, clock: int) -> Model:
    ids = chance.sample(range(12), chance.randint(0, 10))
    nodes = [{"id": str(n), "state": chance.choice("ab"), "current": chance.choice([None, {"func": "f"}])} for n in ids]
    times = list(range(max(0, clock - 5), clock))
    return {
        "view": "run",
        "rev": clock,
        "run": {"state": chance.choice("xy")},
        "nodes": nodes,
        "failures": [{"id": "f", "at": clock // 3}] if chance.random() < 0.5 else [],
        "charts": {"depth": chart(times, images=[t * 1.0 for t in times])},
    }


def comparable(model: Model) -> Model:
    """Without the charts' beginnings: a viewer keeps more of the past than one snapshot of the server holds."""
    plain = copy.deepcopy(model)
    charts = plain.pop("charts")
    tails = {name: (c["t"][-1:], [line["values"][-1:] for line in c["series"]]) for name, c in charts.items()}
    return {**plain, "tails": tails}


@pytest.mark.parametrize("seed", range(60))
def test_a_viewer_never_drifts_from_the_server_even_when_snapshots_are_skipped(seed: int) -> None:
    chance = random.Random(seed)
    clock = 1
    held = shown = random_model(chance, clock)
    for _ in range(20):
        clock += chance.randint(0, 3)
        new = random_model(chance, clock)
        if chance.random() < 0.3:
            continue  # coalesced: the viewer was not ready for this one
        delta = diff(held, new)
        if delta is not None:
            shown = apply(shown, delta)
            held = new
        assert {**comparable(shown), "rev": 0} == {**comparable(new), "rev": 0}


def test_nothing_is_sent_when_only_the_clock_moved() -> None:
    old = {"rev": 1, "now": "a", "behind_ms": 3, "rows": [{"id": "1"}]}
    assert diff(old, {"rev": 2, "now": "b", "behind_ms": 9, "rows": [{"id": "1"}]}) is None


def test_a_thousand_workers_of_which_one_changed_cost_one_small_patch() -> None:
    nodes = [{"id": str(n), "cpu": 1, "rss": 2, "name": f"worker {n}", "cpu_series": None} for n in range(1000)]
    new = [*nodes[:7], {**nodes[7], "cpu": 99, "at": 5}, *nodes[8:]]
    assert diff({"nodes": nodes}, {"nodes": new}) == {
        "set": {},
        "lists": {"nodes": {"upsert": [{"id": "7", "cpu": 99, "at": 5}]}},
        "points": {},
    }


def test_a_series_is_never_sent_twice_the_viewer_appends_to_its_own() -> None:
    drawn = {"t": [1], "values": [1]}
    old = {"nodes": [{"id": "1", "cpu": 1, "rss": 5, "at": 1, "cpu_series": drawn, "rss_series": None}]}
    new = {"nodes": [{"id": "1", "cpu": 2, "rss": 5, "at": 2, "cpu_series": None, "rss_series": None}]}
    delta = diff(old, new)
    assert delta is not None
    assert delta["lists"]["nodes"]["upsert"] == [{"id": "1", "cpu": 2, "at": 2}]
    node = apply(old, delta)["nodes"][0]
    assert node["cpu_series"] == {"t": [1, 2], "values": [1, 2]}
    assert node["rss_series"] == {"t": [2], "values": [5]}


def test_a_chart_that_was_cut_is_sent_whole_and_a_growing_one_by_its_new_points() -> None:
    old = {"charts": {"cpu": chart([1, 2], a=[1, 2])}}
    grown = diff(old, {"charts": {"cpu": chart([1, 2, 3], a=[1, 2, 3], b=[None, None, 9])}})
    assert grown == {"set": {}, "lists": {}, "points": {"charts": {"cpu": {"t": [3], "values": {"a": [3], "b": [9]}}}}}
    assert apply(old, grown)["charts"]["cpu"]["series"][1] == {"name": "b", "values": [None, None, 9]}
    replaced = diff(old, {"charts": {"cpu": chart([8, 9], a=[8, 9])}})
    assert replaced is not None
    assert "charts" in replaced["set"]


def test_what_is_gone_is_removed_and_the_order_told() -> None:
    old = {"rows": [{"id": "1"}, {"id": "2"}]}
    delta = diff(old, {"rows": [{"id": "3"}, {"id": "1"}]})
    assert delta is not None
    assert delta["lists"]["rows"] == {"upsert": [{"id": "3"}], "order": ["3", "1"], "remove": ["2"]}
