"""Tasks that run now, oldest first: whom to look at before the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from procscope.dashboard.words import iso
from procscope.runtime.diagnosis.stuck import is_stuck
from procscope.runtime.store.rows import Quantiles, Running
from procscope.runtime.store.wire import progress_object

RSS_STEP = 65_536


def too_old(age_us: int, usual: Quantiles | None, limit_s: float) -> bool:
    """Stuck by the rule of the diagnosis, or beyond the limit that was set (0: none)."""
    if 0 < limit_s * 1e6 < age_us:
        return True
    return usual is not None and is_stuck(age_us, usual.p99_us, usual.n)


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
        "progress": progress_object(task),
        "stuck": too_old(now_us - task.since_us, found, limit_s),
        "href": f"/tasks/{task.task_id}" if task.task_id is not None else tasks_of_worker(task.run_key, task.pid),
    }


def tasks_of_worker(run_key: str, pid: int | None) -> str:
    """The search for a worker's tasks."""
    return "/tasks?q=" + quote(f"run:{run_key} worker:{pid}" if pid is not None else f"run:{run_key}")


def visible_cpu(cpu: float | None) -> int | None:
    """Whole percent: finer changes are noise, and each would be a message."""
    return None if cpu is None else round(cpu)


def visible_rss(rss: int | None) -> int | None:
    """Bytes in steps of 64 KiB, as `visible_cpu`."""
    return None if rss is None else rss // RSS_STEP * RSS_STEP
