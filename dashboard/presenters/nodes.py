"""The elements of the worker tree: processes and pools, the dead ones with why they died."""

from __future__ import annotations

import signal
from typing import Any

from procscope.dashboard.presenters.pool_lines import pool_state, pool_title
from procscope.dashboard.presenters.running_lines import tasks_of_worker, too_old, visible_cpu, visible_rss
from procscope.dashboard.words import iso
from procscope.runtime.diagnosis import turnover
from procscope.runtime.store.rows import Pool, PoolRate, Process, Quantiles


def process_key(process_id: int) -> str:
    """The id of a process's node."""
    return f"p{process_id}"


def pool_key(pool_id: int) -> str:
    """The id of a pool's node."""
    return f"q{pool_id}"


def process_node(process: Process, run_key: str, stuck: bool, at: int | None) -> dict[str, Any]:
    """The element of run.nodes for a process; `depth` and `parent` are set where the tree is known."""
    return {
        "id": process_key(process.id),
        "parent": None,
        "depth": 0,
        "kind": process.kind,
        "pid": process.pid,
        "name": process.name,
        "target": process.target,
        "state": process.state,
        "exit_code": process.exit_code,
        "signal": signal_name(process.signal),
        "reason": ending(process),
        "tasks_done": process.tasks_ended,
        "current": _current(process, run_key, stuck),
        "cpu": visible_cpu(process.cpu),
        "rss": visible_rss(process.rss),
        "cpu_series": None,
        "rss_series": None,
        "at": at,
        "started_at": iso(process.started_us),
        "ended_at": iso(process.ended_us),
        "pool": None,
        "unobserved": process.unobserved,
        "deliberate": (process.reason or "").startswith("the program sent"),
        "daemon": process.daemon,
        "start_method": process.start_method,
        "orphaned_since": iso(process.orphaned_us),
        "zombie_since": iso(process.zombie_us),
    }


def pool_node(pool: Pool, rate: PoolRate | None) -> dict[str, Any]:
    """The element of run.nodes for a pool."""
    return {
        "id": pool_key(pool.id),
        "parent": None,
        "depth": 0,
        "kind": "pool",
        "pool_kind": pool.kind,
        "pid": None,
        "name": pool_title(pool),
        "state": pool.state,
        "exit_code": None,
        "signal": None,
        "reason": pool.reason,
        "tasks_done": pool.counts.done,
        "current": None,
        "cpu": None,
        "rss": None,
        "cpu_series": None,
        "rss_series": None,
        "started_at": iso(pool.opened_us),
        "ended_at": iso(pool.closed_us),
        "retired": 0,
        "pool": pool_state(pool, rate),
        "start_method": pool.start_method,
        "worn": turnover.gone(pool.retired),
        "unobserved": pool.unobserved,
    }


def _current(process: Process, run_key: str, stuck: bool) -> dict[str, Any] | None:
    """What it does now; of a dead one what it did last, unless it ended in peace."""
    if process.current_func is None or (not process.alive and process.state == "finished"):
        return None
    return {
        "task_id": None,
        "func": process.current_func,
        "args": process.current_args,
        "index": process.current_index if process.current_index is not None and process.current_index >= 0 else None,
        "since": iso(process.current_since_us),
        "stuck": stuck,
        "href": tasks_of_worker(run_key, process.pid),
    }


def process_is_stuck(process: Process, found: Quantiles | None, now_us: int, limit_s: float) -> bool:
    """Does it still run a task that should have ended long ago?"""
    if not process.alive or process.current_func is None or process.current_since_us is None:
        return False
    return too_old(now_us - process.current_since_us, found, limit_s)


def ending(process: Process) -> str | None:
    """Why it is no more, in words; None where it ended as it should. Of a live one what there is to know of it."""
    said = [_ended(process)]
    if process.orphaned_us:
        said.append("orphaned: its parent has ended" if process.alive else "it outlived its parent")
    if process.zombie_us:
        said.append("a zombie: its parent has not reaped it")
    return "; ".join(filter(None, said)) or None


def _ended(process: Process) -> str | None:
    if process.alive or process.reason:
        return process.reason
    if process.signal:
        return f"killed by {signal_name(process.signal)}"
    return f"exit code {process.exit_code}" if process.exit_code else None


def signal_name(number: int | None) -> str | None:
    """'SIGKILL' for 9; 'signal 77' for one that has no name here."""
    if not number:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
