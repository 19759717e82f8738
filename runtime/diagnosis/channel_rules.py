"""Queues that are joined too early, pools that wait for themselves or whose lock died, memory nobody unlinked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from procscope.runtime.diagnosis.facts import Facts, PoolFacts
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.sharing_facts import Stand, Thing
from procscope.runtime.diagnosis.sharing_words import at_words, end_words, place, thing_words, who_words
from procscope.runtime.diagnosis.waits import PROCESS, READS, WRITES, Waits
from procscope.runtime.diagnosis.words import pool_words, several, span

SETTLED_US = 1_000_000
"""A queue that is being drained while somebody waits for its producer is no hang."""
_JOIN, _WITHIN = "join", "within"


def undrained(facts: Facts, waits: Waits) -> Iterator[Incident]:
    """A process that somebody waits for waits itself until its queue's items are taken: nobody will."""
    for stand in waits.waiting.values():
        if stand.what != PROCESS or facts.as_of_us - stand.since_us < SETTLED_US:
            continue
        for other in waits.waiting.values():
            thing = other.thing
            if other.who.process_id != stand.process_id or other.what != _JOIN or thing is None:
                continue
            if thing.depth and facts.as_of_us - other.since_us >= SETTLED_US and not _taken(thing, waits):
                yield _undrained(stand, other, thing, thing.depth)


def _taken(thing: Thing, waits: Waits) -> bool:
    """Whether a living thread waits for the next item: it will take them."""
    return any(s.what == "get" and s.thing is not None and s.thing.id == thing.id for s in waits.waiting.values())


def _undrained(stand: Stand, other: Stand, thing: Thing, depth: int) -> Incident:
    who, child = who_words(stand.who), who_words(other.who)
    text = (
        f"{who} waits for {child} to end{at_words(stand)}, and {child} cannot end before the "
        f"{several(depth, 'item')} in {thing_words(thing)} {'is' if depth == 1 else 'are'} taken: "
        "get them first, then join()"
    )
    return Incident(
        f"undrained:{thing.id}:{other.who.process_id}", Level.CRITICAL, text, max(stand.since_us, other.since_us),
        stand.run, None, other.who.process_id, other.who.pid, primitives=(thing.id,),
    )  # fmt: skip


def hung_pools(facts: Facts, waits: Waits) -> Iterator[Incident]:
    """Pools whose queue's lock died with a worker, and those that wait for their own workers."""
    pools = {pool.pool_id: pool for pool in facts.pools if pool.state in ("open", "closing")}
    for held in [*waits.left, *(held for holds in waits.holders.values() for held in holds if not held.who.alive)]:
        number = _pool(held.thing)
        if number in pools:
            yield _lockless(pools.pop(number), held)
    for number, stands in _own_results(waits).items():
        pool = pools.get(number)
        if pool is not None and _all_wait(pool, stands) and facts.as_of_us - stands[-1].since_us >= SETTLED_US:
            yield _inward(pool, stands, facts.as_of_us)


def _pool(thing: Thing | None) -> int:
    while thing is not None:
        if thing.pool_id is not None:
            return thing.pool_id
        thing = thing.owner
    return 0


def lockless_queues(facts: Facts, waits: Waits) -> Iterator[Incident]:
    """The program's own queues whose reading lock died with a consumer, or whose writing lock with a producer."""
    for left in waits.left:
        thing = left.thing
        if thing is None or _pool(thing) or thing.state == "gone":
            continue
        doing, wanted = ("read from", "get") if left.what == READS else ("wrote to", "put")
        waiting = [
            s for s in waits.waiting.values() if s.what == wanted and s.thing is not None and s.thing.id == thing.id
        ]
        who = left.who
        text = f"{who_words(who)} {end_words(who)} while it {doing} {thing_words(thing)} and had its lock: "
        text += f"{several(len(waiting), 'thread')} in {wanted}() and " if waiting else ""
        text += f"whoever calls {wanted}() next will wait for ever"
        yield Incident(
            f"left:{thing.id}:{who.process_id}", Level.CRITICAL if waiting else Level.WARNING, text,
            who.ended_us or left.since_us, left.run, None, who.process_id, who.pid, primitives=(thing.id,),
        )  # fmt: skip


def _lockless(pool: PoolFacts, held: Stand) -> Incident:
    thing = held.thing
    queue = thing.owner.role if thing is not None and thing.owner is not None else thing.role if thing else None
    results = held.what == WRITES or "result" in (queue or "")
    what, so = ("results", "no worker can send one") if results else ("tasks", "no worker can take one")
    text = (
        f"{pool_words(pool.name, pool.kind)} hangs: {who_words(held.who)} {end_words(held.who)} while it held the "
        f"lock of the queue of {what}, so {so} — terminate the pool and make a new one; "
        "a ProcessPoolExecutor notices such deaths"
    )
    since = held.who.ended_us or held.since_us
    return Incident(
        f"pool:{pool.pool_id}", Level.CRITICAL, text, since, pool.run, None, held.who.process_id, held.who.pid,
        pool.pool_id,
    )  # fmt: skip


def _own_results(waits: Waits) -> dict[int, list[Stand]]:
    """pool → threads that wait, in a task of it, for the result of another, the longest first."""
    found: dict[int, list[Stand]] = defaultdict(list)
    for stand in sorted(waits.waiting.values(), key=lambda stand: stand.since_us):
        if stand.what == _WITHIN and stand.pool_id is not None:
            found[stand.pool_id].append(stand)
    return found


def _threaded(pool: PoolFacts) -> bool:
    return pool.kind.startswith(("Thread", "Interpreter"))


def _all_wait(pool: PoolFacts, stands: list[Stand]) -> bool:
    """A worker process has only a copy of its pool, in which nothing ever arrives; threads share theirs."""
    return not _threaded(pool) or (len(stands) >= pool.size > 0 and pool.pending > 0)


def _inward(pool: PoolFacts, stands: list[Stand], now: int) -> Incident:
    first = stands[0]
    who, why = who_words(first.who), "which can never arrive, since a worker has only a copy of its pool"
    if _threaded(pool):
        who, why = f"all its {several(len(stands), 'thread')}", "and none is left to run it"
    verb = "waits" if len(stands) == 1 or not _threaded(pool) else "wait"
    text = (
        f"{pool_words(pool.name, pool.kind)} waits for itself: {who} {verb} for the result of another of its tasks"
        f"{at_words(first)}, {why} ({span(now - first.since_us)} so far)"
    )
    return Incident(
        f"pool:{pool.pool_id}", Level.CRITICAL, text, first.since_us, pool.run, None, first.who.process_id,
        first.who.pid, pool.pool_id,
    )  # fmt: skip


def leaked(facts: Facts) -> Iterator[Incident]:
    """Shared memory that outlived everybody who used it."""
    for thing in facts.sharing.leaked:
        size = f" of {thing.size:,} bytes" if thing.size else ""
        by = f" by process {thing.pid}" if thing.pid else ""
        where = f" (made {place(thing.site)}{by})" if thing.site else ""
        text = f"shared memory {thing.name or ''}{size}{where} was never unlinked".replace("  ", " ")
        yield Incident(
            f"leak:{thing.id}", Level.WARNING, text, thing.ended_us or facts.as_of_us, thing.run, None,
            thing.process_id, thing.pid, primitives=(thing.id,),
        )  # fmt: skip
