"""Is the picture fresh? From the collector's lock file where it is of this host, else from its row."""

from __future__ import annotations

import json
import os
from typing import Any

from procscope.dashboard.words import iso

STALE_US = 3_000_000


def caught_up_us(spool: str) -> int | None:
    """When the collector of `spool` last had nothing unread (µs since the epoch); None where none says so."""
    try:
        with open(os.path.join(spool, "collector.lock"), "rb") as file:
            said = json.loads(file.read(4096))
        return int(said["caught_up"]) // 1000
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def status(seen_us: int | None, caught_up: int | None, live_runs: int, now_us: int) -> dict[str, Any]:
    """`collector` (live, stale, none), `stale_since` and `behind_ms` of a model.

    A collector leaves when nothing runs: silence is staleness only while runs are live.
    """
    known = [at for at in (seen_us, caught_up) if at is not None]
    latest = max(known, default=None)
    if latest is not None and now_us - latest <= STALE_US:
        return {"collector": "live", "stale_since": None, "behind_ms": max(now_us - latest, 0) // 1000}
    if latest is not None and live_runs:
        return {"collector": "stale", "stale_since": iso(latest), "behind_ms": (now_us - latest) // 1000}
    return {"collector": "none", "stale_since": None, "behind_ms": 0}
