"""What changed between two view models, and how a viewer applies it. Pure; `static/js/state.js` mirrors `apply`.

A delta is {"set": {key: value}, "lists": {name: {"upsert": [patch], "remove": [id], "order": [id]}},
"points": {"charts": {chart: {"t": [...], "values": {series: [...]}}}}}; absent parts are empty. A patch of a
known element holds its id and what changed, that of a new one the whole element. Fields named `*_series` are not
compared: a viewer appends (at, X) to X_series whenever a patch brings `at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Model = Mapping[str, Any]
Element = Mapping[str, Any]

KEYED = frozenset(
    {"incidents", "runs", "pools", "running", "nodes", "failures", "rows", "locks", "channels", "shared", "calls"}
)
QUIET = frozenset({"now", "rev", "behind_ms"})
"""Keys that ride along with a change but are none by themselves."""
SERIES_CAP = 120
CHART_CAP = 600


def diff(old: Model, new: Model) -> dict[str, Any] | None:
    """The delta that turns `old` into `new`, or None where a viewer would see no difference."""
    lists = {name: change for name in KEYED & new.keys() if (change := _list_diff(old.get(name, ()), new[name]))}
    plain = {key: value for key, value in new.items() if key not in KEYED and key != "charts" and value != old.get(key)}
    points = _points(old.get("charts"), new.get("charts"))
    if points is None:
        plain["charts"] = new.get("charts")
    if not lists and not points and not plain.keys() - QUIET:
        return None
    return {"set": plain, "lists": lists, "points": {"charts": points} if points else {}}


def _list_diff(old: list[Element], new: list[Element]) -> dict[str, Any]:
    if old is new:
        return {}
    known = {element["id"]: element for element in old}
    order = [element["id"] for element in new]
    upsert = [patch for element in new if (patch := _patch(known.get(element["id"]), element))]
    change: dict[str, Any] = {}
    if upsert:
        change["upsert"] = upsert
    if order != list(known):
        change["order"] = order
        if gone := known.keys() - set(order):
            change["remove"] = sorted(gone)
    return change


def _patch(old: Element | None, new: Element) -> Element | None:
    if old is None:
        return new
    if old is new:
        return None
    changed = {key: value for key, value in new.items() if not key.endswith("_series") and old.get(key) != value}
    return {"id": new["id"], **changed} if changed else None


def _points(old: Model | None, new: Model | None) -> dict[str, Any] | None:
    """The new points of each chart; None where the charts must be sent whole."""
    if new is None or new is old:
        return {}
    if old is None or old.keys() != new.keys():
        return None
    found = {}
    for name, chart in new.items():
        if chart is old[name]:
            continue
        tail = _tail(old[name], chart)
        if tail is None:
            return None
        if tail["t"]:
            found[name] = tail
    return found


def _tail(old: Element, new: Element) -> dict[str, Any] | None:
    if {line["name"] for line in old["series"]} - {line["name"] for line in new["series"]}:
        return None
    if old.get("limit") != new.get("limit"):
        return None
    last = old["t"][-1] if old["t"] else float("-inf")
    start = next((i for i, t in enumerate(new["t"]) if t > last), len(new["t"]))
    if start == 0 and old["t"] and new["t"]:
        return None
    return {"t": new["t"][start:], "values": {line["name"]: line["values"][start:] for line in new["series"]}}


def apply(model: Model, delta: Mapping[str, Any]) -> dict[str, Any]:
    """The model a viewer holds after `delta`; the given one is left alone."""
    result = {**model, **delta["set"]}
    for name, change in delta["lists"].items():
        result[name] = _list_apply(model.get(name, ()), change)
    if tails := delta["points"].get("charts"):
        result["charts"] = dict(result["charts"])
        for name, tail in tails.items():
            result["charts"][name] = _chart_apply(result["charts"][name], tail)
    return result


def _list_apply(old: list[Element], change: Mapping[str, Any]) -> list[Element]:
    held = {element["id"]: element for element in old}
    for patch in change.get("upsert", ()):
        held[patch["id"]] = _merged(held.get(patch["id"]), patch)
    return [held[key] for key in change.get("order", [element["id"] for element in old])]


def _merged(old: Element | None, patch: Element) -> Element:
    merged = {**(old or {}), **patch}
    if old is not None and "at" in patch:
        for key in [key for key in old if key.endswith("_series")]:
            series = old[key] or {"t": [], "values": []}
            merged[key] = {
                "t": [*series["t"], patch["at"]][-SERIES_CAP:],
                "values": [*series["values"], merged[key.removesuffix("_series")]][-SERIES_CAP:],
            }
    return merged


def _chart_apply(chart: Element, tail: Mapping[str, Any]) -> dict[str, Any]:
    names = [line["name"] for line in chart["series"]]
    blank = [None] * len(chart["t"])
    held = {line["name"]: line["values"] for line in chart["series"]}
    missing = [None] * len(tail["t"])
    series = [
        {"name": name, "values": [*held.get(name, blank), *tail["values"].get(name, missing)][-CHART_CAP:]}
        for name in [*names, *(name for name in tail["values"] if name not in held)]
    ]
    return {**chart, "t": [*chart["t"], *tail["t"]][-CHART_CAP:], "series": series}
