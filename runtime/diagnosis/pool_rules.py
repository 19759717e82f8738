"""Pools and executors that are broken, stopped draining, or start workers in vain."""

from __future__ import annotations

from collections.abc import Iterator

from procscope.runtime.diagnosis import turnover
from procscope.runtime.diagnosis.facts import Facts, PoolFacts
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.words import pool_words, several, short, span

QUIET_US = 30_000_000
QUIET_P99 = 10
VAIN = 3
"""So many workers for each place, and not one task ended, is a loop."""


def pool_incidents(facts: Facts) -> Iterator[Incident]:
    """At most one incident a pool: the cause hides its effects."""
    for pool in facts.pools:
        found = _broken(pool) or _vain(pool) or _deaf(pool) or _stalled(pool, facts.as_of_us) or _robbed(pool)
        if found:
            text, since = found
            yield Incident(f"pool:{pool.pool_id}", Level.CRITICAL, text, since, pool.run, pool_id=pool.pool_id)


def _broken(pool: PoolFacts) -> tuple[str, int] | None:
    if pool.state != "broken":
        return None
    why = f": {short(pool.reason)}" if pool.reason else ""
    if pool.initializer_error:
        why = f": its initializer raised {short(pool.initializer_error)}"
    cost = f" — {several(pool.lost, 'task')} lost" if pool.lost else ""
    return f"{pool_words(pool.name, pool.kind)} is broken{why}{cost}", pool.closed_us or pool.opened_us


def _vain(pool: PoolFacts) -> tuple[str, int] | None:
    """A Pool starts a new worker for each that dies in its initializer, for ever, and says nothing."""
    tried = max(pool.workers_started, pool.retired.get("initializer", 0))
    enough = max(1, pool.size) * (1 if pool.kind == "ThreadPool" else VAIN)  # a thread's place stays empty
    if pool.state != "open" or pool.ended or pool.running or tried < enough:
        return None
    who = pool_words(pool.name, pool.kind)
    if pool.initializer_error:
        why = f"({tried:,} so far): {short(pool.initializer_error)}"
        return f"the initializer of {who} fails in every worker {why}", pool.opened_us
    places = several(pool.size, "place")
    return f"{who} has started {tried:,} workers for {places} and none has finished a task", pool.opened_us


def _deaf(pool: PoolFacts) -> tuple[str, int] | None:
    """An open pool with a reason has lost the thread that hands on its results."""
    if pool.state != "open" or not pool.reason:
        return None
    return f"{pool_words(pool.name, pool.kind)} cannot go on: {short(pool.reason)}", pool.progress_us or pool.opened_us


def _robbed(pool: PoolFacts) -> tuple[str, int] | None:
    """A worker that left in the middle of a task of a Pool is replaced, its task is not: get() waits for ever."""
    told = turnover.left(pool.retired)
    if pool.state not in ("open", "closing") or not told:
        return None
    who = pool_words(pool.name, pool.kind)
    since = pool.progress_us or pool.opened_us
    return f"workers of {who} left in the middle of a task ({told}): its result never comes", since


def _stalled(pool: PoolFacts, now_us: int) -> tuple[str, int] | None:
    """Tasks wait, none runs, none has ended for a long time: nobody takes them."""
    if pool.state not in ("open", "closing") or not pool.pending or pool.running:
        return None
    since = max(pool.progress_us or 0, pool.opened_us)
    if now_us - since <= max(QUIET_US, QUIET_P99 * (pool.p99_us or 0)):
        return None
    text = (
        f"{pool_words(pool.name, pool.kind)} stopped draining: {several(pool.pending, 'task')} waiting, "
        f"none taken for {span(now_us - since)}"
    )
    if pool.worker_died:
        text += f" — worker {pool.worker_died} died and may hold the queue's lock"
    return text, since
