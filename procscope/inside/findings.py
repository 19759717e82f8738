"""What is wrong after a test: workers left alive, tasks lost, deadlocks. Each a line of words."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from procscope.inside import window as windows
from procscope.inside.own import View, look
from procscope.inside.window import Window
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.words import call, several
from procscope.runtime.events import State
from procscope.runtime.store.query_grammar import TaskQuery
from procscope.runtime.store.rows import Task

_GRACE = 1.0
"""Seconds for workers that were told to end: Pool's `with` does not wait for them."""
_LOSSES = 2.0
"""Seconds in which the collector learns from the system that a process has ended."""
_LATE = "it ran out of time: its failure says what it hung on"
_MANY = 200
_WORKERS = ("worker", "process", "manager")
_SHOWN = 5


def after(window: Window) -> list[str]:
    """Lines about a test that is over, none if all is well."""
    late = [_LATE] if window.expired else []
    if window.quiet():
        return late
    alive = _left_alive(window)
    with look() as view:
        if view is None:
            window.left = set(alive)
            return [*late, *_alive_words(alive, {}), "nothing else is known: the collector has not answered"]
        _until_deaths_are_known(view, window)
        spare_the_shared(view, window)
        names = {row.pid: row.name or row.kind for row in view.family()}
        window.left = {pid for pid in alive if pid not in window.spared}
        told = _alive_words(sorted(window.left), names)
        if window.expired:  # its workers were ended by us, and why is told already
            return [*late, *told]
        lost = _lost(view, window)
        return [*told, *lost, *_incidents(view, window, "".join(lost))]


def at_the_end(known: set[int]) -> list[str]:
    """Lines about what lives on though all tests are over; `known` was there before, or is told of a test."""
    left, names = windows.pids(), dict[int, str]()
    with look() as view:
        if view is not None:
            rows = [row for row in view.store.processes(view.run.id) if row.alive and row.kind in _WORKERS]
            names = {row.pid: row.name or row.kind for row in rows}
            left |= {row.pid for row in rows if row.id != view.me and windows.is_there(row.pid)}  # orphans too
    return [f"after the last test: {line}" for line in _alive_words(sorted(left - known), names)]


def spare_the_shared(view: View, window: Window) -> None:
    """A pool that is older than the test may start a worker during it: that is not the test's."""
    pools = {pool.id: pool for pool in view.store.pools(view.run.id)}
    window.spared |= {
        row.pid for row in view.family() if row.pool_id in pools and not window.owns(pools[row.pool_id].opened_us)
    }


def _left_alive(window: Window) -> list[int]:
    end = time.monotonic() + _GRACE
    while (found := window.workers()) and time.monotonic() < end:
        time.sleep(0.02)
    return [process.pid for process in found]


def _alive_words(pids: Sequence[int], names: dict[int, str]) -> list[str]:
    if not pids:
        return []
    shown = [f"{pid} ({names[pid]})" if pid in names else str(pid) for pid in pids[:_SHOWN]]
    more = f" and {len(pids) - _SHOWN} more" if len(pids) > _SHOWN else ""
    return [f"{several(len(pids), 'worker')} left alive: {', '.join(shown)}{more}"]


def _until_deaths_are_known(view: View, window: Window) -> None:
    """A worker that the system no longer has must have ended in the database as well: its task is lost only then."""
    end = time.monotonic() + _LOSSES
    while time.monotonic() < end:
        there = windows.pids()
        unsure = [row for row in view.family() if row.alive and window.owns(row.started_us) and row.pid not in there]
        if not unsure:
            return
        time.sleep(0.05)


def _lost(view: View, window: Window) -> list[str]:
    query = TaskQuery(states=frozenset({State.LOST}), runs=(view.run.key,))
    found = [task for task in view.store.tasks(query, before=None, limit=_MANY).rows if _is_its(view, window, task)]
    if not found:
        return []
    more = [f"… {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [f"{several(len(found), 'task')} lost: " + "; ".join([*map(_task_words, found[:_SHOWN]), *more])]


def _is_its(view: View, window: Window, task: Task) -> bool:
    if (task.finished_us or 0) < window.began_us:
        return False
    mine = {row.id for row in view.family()}
    pool = view.store.pool(task.pool_id) if task.pool_id else None
    return task.process_id in mine or (pool is not None and pool.process_id in {view.me, *mine})


def _task_words(task: Task) -> str:
    called = call(task.func)[:-2] + f"({task.args or ''})"
    return f"{called}: {task.reason}" if task.reason else called


def _incidents(view: View, window: Window, told: str) -> list[str]:
    """What the diagnosis calls critical, other than deaths that are told as the loss of a task."""
    found = [each for each in view.incidents(window.began_us) if each.level == Level.CRITICAL]
    return [each.text for each in found if concerns(view, each) and f" {each.pid} " not in told]


def concerns(view: View, incident: Incident) -> bool:
    """With xdist several processes test in one run: what names a process or a pool must name one of ours."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return True
    mine = {row.id for row in view.family()}
    if incident.process_id is not None:
        return incident.process_id in mine
    pool = view.store.pool(incident.pool_id) if incident.pool_id is not None else None
    return pool is None or pool.process_id in {view.me, *mine}
