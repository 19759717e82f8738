"""The end of a transaction: what is open and has no row gets one, so that rows and offsets move together."""

from __future__ import annotations

from collections.abc import Mapping

from procscope.runtime.collector.fold import arrivals, tasks
from procscope.runtime.collector.fold.state import Open, Pool, Run, World
from procscope.runtime.collector.fold.tasks import Ending
from procscope.runtime.events import State


def seal(world: World, runs: Mapping[int, Run]) -> None:
    """Write submissions as pending rows, and which open tasks have raised. `runs` by id."""
    for pool in world.changes.pools:
        if pool.fresh:
            _write_fresh(world, runs[pool.run_id], pool)
        if pool.came_now:
            arrivals.seal(world, pool)
        for number, failing in pool.failing.items():
            task = pool.rows.get(number)
            if task is not None and task.failure_id is None:
                _note_failing(world, pool, number, task, failing.failure_id)


def _write_fresh(world: World, run: Run, pool: Pool) -> None:
    for number in list(pool.fresh):
        write(world, run, pool, number)


def write(world: World, run: Run, pool: Pool, number: int) -> Open:
    """Give an open task that has none its row: pending, until it is seen in a slot."""
    failing = pool.failing.get(number)
    event = pool.fresh.pop(number)
    task = tasks.opened(
        world, run, event, failing.task_id if failing else 0, failing.failure_id if failing else None
    )  # fmt: skip
    came = pool.arrived.get(number)
    end = Ending(State.PENDING, None)
    if came is not None:
        end = end._replace(arrived_us=came[0], sent=came[1] if came[1] >= 0 else None)
    tasks.inserted(world, run, pool, number, task, end)
    pool.rows[number] = task
    return task


def _note_failing(world: World, pool: Pool, number: int, task: Open, failure_id: int) -> None:
    pool.rows[number] = task = task._replace(failure_id=failure_id)
    seen = pool.seen.get(number)
    end = Ending(State.PENDING, None)
    if seen is not None:
        end = Ending(State.RUNNING, None, seen.started_us, None, seen.process_id, seen.thread)
    tasks.updated(world, task, end)
