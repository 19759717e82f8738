"""Tasks that run for far longer than their function ever does, or than the user allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from procscope.runtime.diagnosis.facts import RunningTask
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.words import call, pool_words, several, span

TIMES = 3
ENOUGH = 20
"""Fewer durations than this say nothing about what is usual."""
SHOWN = 3
"""More stuck tasks of one function in one pool than this become one incident."""
_TIMES_SIGN = "\u00d7"
_LEAST_US = 1_000_000
"""Nobody needs to look at a task of 5 ms that took 20: below a second of age, nothing is stuck."""


def is_stuck(age_us: int, p99_us: int | None, observed: int) -> bool:
    """Whether a task of this age has run for more than three times its function's p99."""
    return p99_us is not None and observed >= ENOUGH and age_us > TIMES * p99_us and age_us >= _LEAST_US


def stuck_tasks(running: Sequence[RunningTask], now_us: int, limit_s: float) -> Iterator[Incident]:
    """An incident for each stuck task, or for each function that has many."""
    groups: dict[tuple[str, str | None, int], list[RunningTask]] = defaultdict(list)
    for task in running:
        age = now_us - task.since_us
        if is_stuck(age, task.p99_us, task.observed) or 0 < limit_s * 1_000_000 < age:
            groups[task.run, task.pool, task.func_id].append(task)
    for group in groups.values():
        group.sort(key=lambda task: task.since_us)
        for task in group if len(group) <= SHOWN else group[:1]:
            yield _incident(task, len(group) if len(group) > SHOWN else 1, now_us, limit_s)


def _incident(task: RunningTask, n: int, now_us: int, limit_s: float) -> Incident:
    age = now_us - task.since_us
    where = f" in {pool_words(task.pool, task.pool_kind)}" if task.pool or task.pool_kind else ""
    who = f"{call(task.func)}{where} has" if n == 1 else f"{several(n, 'task')} of {call(task.func)}{where} have"
    length = span(age) if n == 1 else f"up to {span(age)}"
    identity = f"{task.process_id}:{task.since_us}" if n == 1 else f"{task.run}:{task.pool}:{task.func_id}"
    return Incident(
        f"stuck:{identity}", Level.CRITICAL, f"{who} been running for {length} — {_measure(task, age, limit_s)}",
        task.since_us, task.run, task.task_id, task.process_id, task.pid,
    )  # fmt: skip


def _measure(task: RunningTask, age_us: int, limit_s: float) -> str:
    if is_stuck(age_us, task.p99_us, task.observed) and task.p99_us:
        return f"{age_us / task.p99_us:,.0f}{_TIMES_SIGN} its p99"
    return f"over the limit of {span(int(limit_s * 1_000_000))}"
