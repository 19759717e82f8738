"""The rules, in the order of what a person at 3 in the morning wants to know first."""

from __future__ import annotations

from collections.abc import Iterator

from procscope.runtime.diagnosis.channel_rules import hung_pools, leaked, lockless_queues, undrained
from procscope.runtime.diagnosis.facts import DeadProcess, Facts, FailureGroup, PoolFacts
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.left_behind import left_behind
from procscope.runtime.diagnosis.pool_rules import pool_incidents
from procscope.runtime.diagnosis.sharing_rules import lock_incidents
from procscope.runtime.diagnosis.stuck import stuck_tasks
from procscope.runtime.diagnosis.waits import Waits
from procscope.runtime.diagnosis.words import call, pool_words, several, short, signal_name, type_name

_SIGKILL, _SIGTERM = 9, 15


def diagnose(facts: Facts, *, task_limit_s: float = 0.0) -> list[Incident]:
    """Every incident in `facts`, the worst first and then the youngest; `task_limit_s` is Settings.task_limit."""
    waits = Waits(facts.sharing.stands)
    hung = list(hung_pools(facts, waits))
    explained = _told_by_the_culprit(facts) | {incident.pool_id for incident in hung}
    found = [
        *stuck_tasks(facts.running, facts.as_of_us, task_limit_s),
        *_killed(facts),
        *hung,
        *(found for found in pool_incidents(facts) if found.pool_id not in explained),
        *lock_incidents(facts, waits),
        *lockless_queues(facts, waits),
        *undrained(facts, waits),
        *leaked(facts),
        *left_behind(facts),
        *_ended(facts),
        *_failures(facts),
        *_drops(facts),
    ]
    return sorted(found, key=lambda incident: (incident.level, -incident.since_us, incident.id))


def all_is_well(facts: Facts) -> str:
    """The one quiet line for when there is no incident."""
    watching = [several(facts.live_runs, "run")] if facts.live_runs else []
    watching += [several(facts.live_workers, "worker")] if facts.live_runs and facts.live_workers else []
    return "Nothing is wrong. " + (f"Watching {', '.join(watching)}." if watching else "Nothing is running.")


def _killed(facts: Facts) -> Iterator[Incident]:
    for dead in facts.dead:
        if _deliberate(dead):
            continue
        doing = ""
        if dead.func:
            item = f"item {dead.index} of " if dead.index is not None and dead.index >= 0 else ""
            doing = f" on {item}{call(dead.func)}"
        pool = _broke(facts, dead)
        lost = pool.lost if pool else dead.lost
        cost = [f"{pool_words(pool.name, pool.kind)} broke"] if pool else []
        cost += [f"{several(lost, 'task')} lost"] if lost else []
        kind = dead.kind if dead.kind in ("worker", "manager") else "process"
        text = (
            f"{kind} {dead.pid} was killed ({signal_name(dead.signal)}){doing}" + " — " * bool(cost) + ", ".join(cost)
        )
        yield Incident(
            f"dead:{dead.process_id}",
            Level.CRITICAL,
            text,
            dead.at_us,
            dead.run,
            dead.task_id,
            dead.process_id,
            dead.pid,
        )


def _broke(facts: Facts, dead: DeadProcess) -> PoolFacts | None:
    """The executor that a worker's death broke: one event, so one incident."""
    mine = (pool for pool in facts.pools if pool.run == dead.run and pool.state == "broken")
    return next((pool for pool in mine if pool.reason == f"worker {dead.pid} died"), None)


def _told_by_the_culprit(facts: Facts) -> set[int | None]:
    told = (_broke(facts, dead) for dead in facts.dead if not _deliberate(dead))
    return {pool.pool_id for pool in told if pool is not None}


def _deliberate(dead: DeadProcess) -> bool:
    """The program sent the signal, or its pool did while it closed or fell over another worker's death."""
    if dead.reason and dead.reason.startswith("the program sent"):
        return True
    blamed = (dead.pool_reason or "").replace(",", " ").split()
    if dead.signal == _SIGKILL:  # some executors kill what is left of a pool that one of its workers broke
        return dead.pool_state == "broken" and blamed[:1] in (["worker"], ["workers"]) and str(dead.pid) not in blamed
    return dead.signal == _SIGTERM and dead.pool_state in ("terminated", "broken", "closed")


def _ended(facts: Facts) -> Iterator[Incident]:
    for run in facts.ended:
        code = run.exit_code
        how = f"ended with exit code {code}"
        if run.state == "killed":
            how = f"was killed ({signal_name(-code)})" if code is not None and code < 0 else "vanished without a trace"
        yield Incident(f"run:{run.run}", Level.WARNING, f"{run.name} {how}", run.at_us, run.run)


def _failures(facts: Facts) -> Iterator[Incident]:
    told = {(pool.run, pool.initializer_error.partition(":")[0]) for pool in facts.pools if pool.initializer_error}
    initializers = {(group.run, group.type, group.message) for group in facts.failures if group.stage == "initializer"}
    for group in facts.failures:
        # A worker that ends of its initializer's exception is the same failure, not another.
        again = group.stage == "process" and (group.run, group.type, group.message) in initializers
        said = group.stage == "initializer" and (group.run, group.type) in told
        if not again and not said:
            yield Incident(
                f"failures:{group.run}:{group.func}:{group.stage}:{group.type}",
                Level.WARNING, _failure_text(group), group.first_us, group.run, group.task_id,
            )  # fmt: skip


def _failure_text(group: FailureGroup) -> str:
    what = {"result": "the result of ", "callback": "a callback of "}.get(group.stage, "")
    who = f"{what}{call(group.func)}" if group.func else group.run_name
    if group.stage in ("initializer", "thread"):
        who = "a pool's initializer" if group.stage == "initializer" else f"a thread of {group.run_name}"
    times = "failed" if group.n == 1 else f"failed {group.n:,} times"
    message = f": {short(group.message)}" if group.message else ""
    return f"{who} {times} with {type_name(group.type)}{message}"


_DROP_WORDS = {
    "spool_full": "the spool is over its cap",
    "disk_full": "the disk is full",
    "too_large": "too large for a record",
    "capture_failed": "they could not be captured",
    "hook_failed": "a hook failed",
    "no_region": "no journal could be opened",
}


def _drops(facts: Facts) -> Iterator[Incident]:
    for drop in facts.drops:
        if drop.reason == "log_limit":
            continue  # a program that says much is not in trouble
        why = _DROP_WORDS.get(drop.reason, drop.reason.replace("_", " "))
        text = f"{drop.run_name} could not record {several(drop.n, 'fact')}: {why}"
        yield Incident(f"drops:{drop.run}:{drop.reason}", Level.WARNING, text, drop.first_us, drop.run)
