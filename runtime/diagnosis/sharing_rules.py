"""Locks that nobody will release, and who waits for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from procscope.runtime.diagnosis.facts import Facts
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.sharing_facts import Stand, Thing
from procscope.runtime.diagnosis.sharing_words import (
    acquired_words,
    at_words,
    end_words,
    held_words,
    listed,
    thing_words,
    who_words,
)
from procscope.runtime.diagnosis.waits import ACQUIRE, HOLDS, PROCESS, Waits, thread_of
from procscope.runtime.diagnosis.words import several, span

LONG_US = 10_000_000
"""Waiting so long for one lock is worth a look."""
_EXCLUSIVE = frozenset({"Lock", "RLock"})


def lock_incidents(facts: Facts, waits: Waits) -> Iterator[Incident]:
    """Deadlocks, locks held by the dead, locks waited for very long: each waiting thread is told of once."""
    told = set[tuple[int, int]]()
    for circle in waits.circles():
        told |= {thread_of(stand) for stand in circle}
        yield _deadlock(circle, waits, facts.as_of_us)
    waiting = _by_thing(waits)
    for holds in waits.holders.values():
        dead = next((held for held in holds if not held.who.alive), None)
        if dead is not None and dead.thing is not None and _matters(dead, holds, waiting.get(dead.thing.id, [])):
            told |= {thread_of(stand) for stand in waiting.get(dead.thing.id, ())}
            yield _orphaned(dead, dead.thing, waiting.get(dead.thing.id, []), facts.as_of_us)
    for stands in waiting.values():
        left = [stand for stand in stands if thread_of(stand) not in told]
        if left and facts.as_of_us - left[0].since_us > LONG_US:
            yield _long(left, waits, facts.as_of_us)


def _by_thing(waits: Waits) -> dict[int, list[Stand]]:
    """Who waits to acquire what, the longest first."""
    found: dict[int, list[Stand]] = defaultdict(list)
    for stand in sorted(waits.waiting.values(), key=lambda stand: stand.since_us):
        if stand.what == ACQUIRE and stand.thing is not None:
            found[stand.thing.id].append(stand)
    return found


def _matters(dead: Stand, holds: Sequence[Stand], waiting: Sequence[Stand]) -> bool:
    """Whether a dead holder is trouble. Pools tell of their own locks; what ended well may have had its lock released
    by plan, which somebody who waits shows to be no plan."""
    thing = dead.thing
    if thing is None or _pool_of(thing) is not None or thing.state == "gone":
        return False
    if waiting:
        return all(not held.who.alive for held in holds)
    return thing.kind in _EXCLUSIVE and dead.who.signal is not None


def _pool_of(thing: Thing) -> int | None:
    at: Thing | None = thing
    while at is not None and at.pool_id is None:
        at = at.owner
    return at.pool_id if at is not None else None


def _deadlock(circle: Sequence[Stand], waits: Waits, now: int) -> Incident:
    first = circle[0]
    things = tuple(stand.thing.id for stand in circle if stand.thing is not None)
    names = "-".join(f"{stand.who.process_id}.{stand.thread}" for stand in circle)
    text = "deadlock: " + "; ".join(_leg(stand, circle, waits, now) for stand in circle)
    since = max(stand.since_us for stand in circle)
    who = first.who
    return Incident(
        f"deadlock:{first.run}:{names}", Level.CRITICAL, text, since, first.run, None, who.process_id, who.pid,
        primitives=things,
    )  # fmt: skip


def _leg(stand: Stand, circle: Sequence[Stand], waits: Waits, now: int) -> str:
    """What one of the circle has and wants."""
    who = who_words(stand.who) + (f" (thread {stand.thread})" if _threads(stand, circle) > 1 else "")
    waited = span(now - stand.since_us)
    held = waits.holder(stand) if stand.thing is not None else None
    wanted = thing_words(stand.thing) if stand.thing is not None else f"the end of {_ended_by(stand, circle)}"
    wants = f"has waited {waited} for {wanted}{at_words(stand)}"
    if held is not None and thread_of(held) == thread_of(stand):
        return f"{who} {wants}, which it holds itself{acquired_words(held)}: only an RLock can be acquired twice"
    has = _held_by(stand, circle, waits)
    if not has:
        return f"{who} {wants}"
    return f"{who} holds {listed(held_words(held) for held in has)} and {wants}"


def _threads(stand: Stand, circle: Sequence[Stand]) -> int:
    return len({other.thread for other in circle if other.who.process_id == stand.who.process_id})


def _ended_by(stand: Stand, circle: Sequence[Stand]) -> str:
    return next((who_words(other.who) for other in circle if other.who.process_id == stand.process_id), "a process")


def _held_by(stand: Stand, circle: Sequence[Stand], waits: Waits) -> list[Stand]:
    """What it holds that another of the circle wants."""
    wanted = [other.thing.id for other in circle if other.thing is not None]
    return [held for number in wanted for held in waits.holders[number] if thread_of(held) == thread_of(stand)]


def _orphaned(dead: Stand, thing: Thing, waiting: Sequence[Stand], now: int) -> Incident:
    who = dead.who
    ago = f" {span(now - who.ended_us)} ago" if who.ended_us else ""
    text = f"{thing_words(thing)} is held by {who_words(who)}{acquired_words(dead)}, which {end_words(who)}{ago}: " + (
        _waiting_words(waiting, now) if waiting else "whoever acquires it next will wait for ever"
    )
    level = Level.CRITICAL if waiting else Level.WARNING
    return Incident(
        f"orphan:{thing.id}:{who.process_id}", level, text, who.ended_us or dead.since_us, dead.run, None,
        who.process_id, who.pid, primitives=(thing.id,),
    )  # fmt: skip


def _waiting_words(waiting: Sequence[Stand], now: int) -> str:
    first = waiting[0]
    if len(waiting) == 1:
        return f"{who_words(first.who)} has waited {span(now - first.since_us)} for it{at_words(first)}, in vain"
    threads, longest = several(len(waiting), "thread"), span(now - first.since_us)
    return f"{threads} wait for it in vain, {who_words(first.who)} for {longest}"


def _long(waiting: Sequence[Stand], waits: Waits, now: int) -> Incident:
    first, thing = waiting[0], waiting[0].thing
    assert thing is not None
    held = waits.holder(first)
    who = who_words(first.who) if len(waiting) == 1 else several(len(waiting), "thread")
    verb = "has waited" if len(waiting) == 1 else "have waited up to"
    text = f"{who} {verb} {span(now - first.since_us)} for {thing_words(thing)}{at_words(first)}"
    if held is not None:
        text += f", held for {span(now - held.since_us)} by {who_words(held.who)}{acquired_words(held)}"
        text += _busy_words(waits, held)
    return Incident(
        f"waits:{thing.id}", Level.WARNING, text, first.since_us, first.run, None, first.who.process_id, first.who.pid,
        primitives=(thing.id,),
    )  # fmt: skip


def _busy_words(waits: Waits, held: Stand) -> str:
    """What the holder itself waits for."""
    stand = waits.waiting.get(thread_of(held))
    if stand is None or stand.what == HOLDS:
        return ""
    if stand.what == PROCESS:
        return f", which waits for a process to end{at_words(stand)}"
    return f", which is in {stand.what}(){at_words(stand)}" + (
        f" of {thing_words(stand.thing, made=False)}" if stand.thing is not None else ""
    )
