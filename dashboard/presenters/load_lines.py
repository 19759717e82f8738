"""Where the time of a pool's workers went, as a band of shares and one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from procscope.dashboard.presenters.run_lines import rounded, significant
from procscope.runtime.diagnosis.speedup import Speedup, as_object

POOLS_SHOWN = 12
LOST_WORDS = {
    "starting": "not there yet",
    "receiving": "receiving arguments",
    "sending": "sending results",
    "handling": "between items",
    "straggling": "after its last task",
    "waiting": "waiting for a task",
    "not_observed": "not in calls",
}
"""Waiting for locks is within the calls and no part of the band."""


def load_lines(judged: Iterable[Speedup | None]) -> list[dict[str, Any]]:
    """The elements of run.loads: the pools whose workers lost the most time first."""
    objects = [as_object(one) for one in judged if one is not None]
    objects.sort(key=lambda one: one["run_s"] - one["wall_s"] * one["workers"])
    return [_line(one) for one in objects[:POOLS_SHOWN]]


def _line(one: dict[str, Any]) -> dict[str, Any]:
    parts = [{"what": "in calls", "share": rounded(one["efficiency"], 3), "s": significant(one["run_s"])}]
    for what, lost in one["lost"].items():
        if what in LOST_WORDS:
            parts.append({"what": LOST_WORDS[what], "share": rounded(lost["share"], 3), "s": significant(lost["s"])})
    return {
        "pool": one["pool"],
        "achieved": f"{one['achieved']:.1f}",
        "workers": one["workers"],
        "tasks": one["tasks"],
        "verdict": one["verdict"],
        "parts": parts,
        "better": [_better(better) for better in one["chunksize"][:2]],
    }


def _better(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("func", "method", "items", "chunksize", "better")} | {
        "gain": rounded(one["gain"], 2)
    }
