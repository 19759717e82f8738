"""What a notebook's cell did with its workers, in a few lines. Pure but for the store it asks."""

from __future__ import annotations

from procscope.dashboard.words import count, duration
from procscope.inside.own import View
from procscope.runtime.diagnosis.incidents import Level
from procscope.runtime.diagnosis.words import call, short, type_name
from procscope.runtime.store.rows import Counts

_STATES = ("running", "pending", "succeeded", "failed", "cancelled", "lost")
_MOST = 5


def of_cell(view: View, before: Counts, since_us: int, seconds: float) -> list[str]:
    """The lines under a cell that began at `since_us`, when the run's tasks were those of `before`."""
    run = view.run
    told = [f"procscope: run {run.key[:6]}, {duration(seconds)}: {tasks(before, run.counts)}"]
    told += [f"  failed: {line}" for line in _failures(view, since_us)]
    told += [f"  {found.text}" for found in view.incidents(since_us) if found.level == Level.CRITICAL]
    if not view.whole:
        told.append("  the last facts are still on their way")
    return [*told, f"  more: procscope tasks run:{run.key[:6]}, or its page with: procscope serve"]


def tasks(before: Counts, now: Counts) -> str:
    """'400 tasks: 398 succeeded, 2 failed' of what has happened in between; what is open is told as it is."""
    found = []
    for name in _STATES:
        n = getattr(now, name) - (0 if name in ("running", "pending") else getattr(before, name))
        if n > 0:
            found.append((n, name))
    total = sum(n for n, _ in found)
    if not total:
        return "no tasks"
    return f"{count(total)} {'task' if total == 1 else 'tasks'}: " + ", ".join(
        f"{count(n)} {name}" for n, name in found
    )


def _failures(view: View, since_us: int) -> list[str]:
    groups: dict[tuple[str | None, str, str], int] = {}
    for failure in view.store.failures(view.run.id, limit=200):
        if failure.at_us >= since_us:
            key = (failure.func, failure.type, failure.message)
            groups[key] = groups.get(key, 0) + 1
    lines = [_failure(*key, n) for key, n in list(groups.items())[:_MOST]]
    return [*lines, *([f"… {len(groups) - _MOST} more"] if len(groups) > _MOST else [])]


def _failure(func: str | None, kind: str, message: str, n: int) -> str:
    who = f"{call(func)}: " if func else ""
    times = f" ({n:,} times)" if n > 1 else ""
    return f"{who}{type_name(kind)}: {short(message)}{times}" if message else f"{who}{type_name(kind)}{times}"
