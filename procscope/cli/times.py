"""Times for people: local, and no longer than the reader needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from procscope.dashboard.words import NOTHING


def local(when: str) -> datetime:
    """The ISO time `when` in the zone of whoever reads."""
    return datetime.fromisoformat(when.replace("Z", "+00:00")).astimezone()


def moment(when: str | None, *, now: datetime | None = None) -> str:
    """When something happened: '10:02:11' today, 'Nov 21 23:10' this year, else the date."""
    if when is None:
        return NOTHING
    then, today = local(when), now or datetime.now().astimezone()
    if then.date() == today.date():
        return then.strftime("%H:%M:%S")
    if today - then < timedelta(days=300):
        return then.strftime("%b %d %H:%M")
    return then.strftime("%Y-%m-%d")


def clock(when: str | None) -> str:
    """The time of day with milliseconds: '10:02:11.031'."""
    return NOTHING if when is None else local(when).strftime("%H:%M:%S.%f")[:-3]


def between(start: str | None, end: str | None) -> float | None:
    """Seconds from one ISO time to another, None if either is missing."""
    return None if start is None or end is None else (local(end) - local(start)).total_seconds()
