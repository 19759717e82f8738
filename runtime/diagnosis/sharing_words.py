"""How incidents speak of what processes share."""

from __future__ import annotations

from collections.abc import Iterable

from procscope.runtime.diagnosis.sharing_facts import Stand, Thing, Who
from procscope.runtime.diagnosis.words import signal_name

_PARTS = {"rlock": "reading lock", "wlock": "writing lock"}


def thing_words(thing: Thing, *further: str, made: bool = True) -> str:
    """'lock_a (made job.py:5)', 'a Lock (made job.py:5)', 'the reading lock of jobs'; `further` is in brackets."""
    if thing.owner is not None:
        role = _PARTS.get(thing.role or "", thing.role or "lock")
        return f"the {role} of {thing_words(thing.owner, *further, made=made)}"
    inside = [f"made {place(thing.site)}"] if made and thing.site else []
    brackets = ", ".join([*inside, *further])
    return (thing.name or f"a {thing.kind}") + (f" ({brackets})" if brackets else "")


def held_words(held: Stand) -> str:
    """'lock_a (made job.py:5, acquired job.py:20 in first)'."""
    further = [_acquired(held)] if held.site else []
    return thing_words(held.thing, *further) if held.thing is not None else "something"


def _acquired(held: Stand) -> str:
    site = held.site or ""
    return f"acquired {'probably ' if site.startswith('~') else ''}{place(site.lstrip('~'))}"


def who_words(who: Who) -> str:
    """'worker 4131', 'process 17', 'the main process'."""
    if who.kind == "main":
        return "the main process"
    return f"{who.kind if who.kind in ('worker', 'manager') else 'process'} {who.pid}"


def end_words(who: Who) -> str:
    """'was killed (SIGKILL)', or that it ended."""
    return f"was killed ({signal_name(who.signal)})" if who.signal else "has ended"


def acquired_words(held: Stand) -> str:
    """' (acquired job.py:20 in first)', '' where that is not known; probably, where it may be another place."""
    return f" ({_acquired(held)})" if held.site else ""


def at_words(stand: Stand) -> str:
    """' at job.py:21 in first'."""
    return f" at {place(stand.site)}" if stand.site else ""


def place(site: str | None) -> str:
    """'/a/b/job.py:12 in main' as 'job.py:12 in main'."""
    file, mark, rest = (site or "").partition(":")
    return file.rpartition("/")[2] + mark + rest


def listed(parts: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
