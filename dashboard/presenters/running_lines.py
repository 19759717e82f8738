"""Tasks that run now, oldest first: whom to look at before the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from procscope.dashboard.words import iso
from procscope.runtime.store.rows import Quantiles, Running

STUCK_FACTOR = 3
ENOUGH = 10
"""A p99 of fewer durations than this says nothing about the next one."""
CPU_STEP = 1.0
RSS_STEP = 65_536


def is_stuck(age_us: int, quantiles: Quantiles | None, limit_s: float) -> bool:
    """Beyond three times its function's p99, or beyond the limit that was set (0: none)."""
    if limit_s and age_us > limit_s * 1e6:
        return True
    return quantiles is not None and quantiles.n >= ENOUGH and age_us > STUCK_FACTOR * quantiles.p99_us


def running_line(task: Running, now_us: int, limit_s: float) -> dict[str, Any]:
    """The element of overview.running."""
    found = task.quantiles
    return {
        "id": f"t{task.task_id}"
        if task.task_id is not None
        else f"p{task.process_id}.{task.thread or ''}.{task.since_us}",
        "task_id": task.task_id,
        "run": task.run_key,
        "pool": task.pool,
        "func": task.func,
        "args": task.args,
        "index": task.index,
        "of": task.of,
        "pid": task.pid,
        "since": iso(task.since_us),
        "p95_s": found.p95_us / 1e6 if found else None,
        "p99_s": found.p99_us / 1e6 if found else None,
        "cpu": visible_cpu(task.cpu),
        "rss": visible_rss(task.rss),
        "stuck": is_stuck(now_us - task.since_us, found, limit_s),
        "href": f"/tasks/{task.task_id}" if task.task_id is not None else tasks_of_worker(task.run_key, task.pid),
    }


def tasks_of_worker(run_key: str, pid: int | None) -> str:
    """The search for a worker's tasks."""
    return "/tasks?q=" + quote(f"run:{run_key} worker:{pid}" if pid is not None else f"run:{run_key}")


def visible_cpu(cpu: float | None) -> int | None:
    """Whole percent: finer changes are noise, and each would be a message."""
    return None if cpu is None else round(cpu / CPU_STEP)


def visible_rss(rss: int | None) -> int | None:
    """Bytes in steps of 64 KiB, as `visible_cpu`."""
    return None if rss is None else rss // RSS_STEP * RSS_STEP
