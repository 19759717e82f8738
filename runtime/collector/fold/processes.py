"""Processes: started, alive, ending, ended. A plain process is a task too: pool 0, its uid the number."""

from __future__ import annotations

import json

from procscope.runtime.collector.fold import failures, runs, tasks, turnover
from procscope.runtime.collector.fold.state import Failing, Pool, Process, Run, Source, World
from procscope.runtime.collector.fold.tasks import Ending, close, pool_of, touch
from procscope.runtime.collector.fold.turnover import signal_name
from procscope.runtime.events import (
    InitializerFailed,
    ProcessAlive,
    ProcessEnding,
    ProcessExited,
    ProcessNotStarted,
    ProcessSignalled,
    ProcessStarted,
    ServantStarted,
    State,
    TaskSubmitted,
    ThreadFailed,
    WorkerRetired,
)

COUNTED = ("worker", "process", "subprocess")
_RETIRED = {
    "maxtasks": "it ran as many tasks as it may",
    "eof": "its queue was closed",
    "timeout": "it had nothing to do for long enough",
    "exit": "sys.exit() in a task ended it",
    "exception": "its loop was ended by an exception",
}
_WHY = {
    "daemon": "it was a daemon, and its parent ended",
    "pool": "its pool was terminated",
    "executor": "its executor's workers were ended",
    "broken": "its executor broke",
    "manager": "its manager was shut down",
}
"""Why the standard library sends a child a signal, by ProcessSignalled.why."""


def process_of(world: World, run: Run, uid: int) -> Process:
    """The run's process of that uid, made on first mention."""
    process = run.processes.get(uid)
    if process is None:
        gone = run.gone.get(uid)
        process = world.load(gone) if gone is not None else None
        run.processes[uid] = process = process or Process(gone or world.next_id("processes"), run.id, uid)
    world.changes.processes.add(process)
    return process


def placed(source: Source, process: Process, parent: int, pool: int, kind: str) -> None:
    """Who it belongs to and what it is; its parent and itself both say so, in any order."""
    world, run = source.world, source.run
    if parent and not process.parent and parent != process.uid:
        process.parent, process.parent_id = parent, process_of(world, run, parent).id
    if kind:
        process.kind = kind
    elif pool and process.kind == "helper":
        process.kind = "worker"
    if pool and not process.pool:
        owner = pool_of(run, world, pool)
        process.pool, process.pool_id = pool, owner.id
        owner.workers_started += 1
        if process.live:
            owner.workers.add(process.uid)
        touch(world, owner)
    if not process.counted and process.kind in COUNTED:
        process.counted = True
        run.workers += 1
        world.changes.runs.add(run)


def process_started(source: Source, event: ProcessStarted) -> bool:
    """Process.start returned in the parent."""
    process = process_of(source.world, source.run, event.process)
    process.pid = process.pid or event.pid
    process.name, process.daemon = event.name, event.daemon
    process.target, process.args = event.target or None, event.args or None
    process.start_method = event.start_method or None
    process.started_us = process.started_us or source.us(event.at)
    placed(source, process, source.process.uid, event.pool, event.kind)
    if event.library:
        process.unobserved = f"its tasks: it runs {event.library}'s own worker code"
        runs.note(source, f"tasks that {event.library} hands to its own workers are not observed")
    if event.kind == "process":
        _task(source, process, event.at, event.target, event.args)
    return True


def servant_started(source: Source, event: ServantStarted) -> bool:
    """The fork server or the resource tracker: the system alone tells how it does."""
    process = process_of(source.world, source.run, event.process)
    process.pid, process.name, process.state = event.pid, event.kind.replace("_", " "), "running"
    process.started_us = source.us(event.at)
    placed(source, process, source.process.uid, 0, event.kind)
    return True


def process_alive(source: Source, event: ProcessAlive) -> bool:
    """The process speaks for the first time."""
    run, process = source.run, process_of(source.world, source.run, event.process)
    process.pid, process.python = event.pid, event.python or None
    process.name, process.target = process.name or event.name or None, process.target or event.target or None
    process.start_method = process.start_method or event.start_method or None
    process.started_us = source.us(event.at)
    if process.state == "starting":
        process.state = "running"
    # A Python subprocess was told nothing by its parent; the system's word for it will do.
    parent = event.parent or (_uid_of(run, event.ppid) if event.kind == "subprocess" else 0)
    placed(source, process, parent, event.pool, event.kind)
    if event.kind == "main":
        run.main = process.uid
        run.python = run.python or event.python
        if run.argv == "[]":
            run.argv = json.dumps(event.argv)
        source.world.changes.runs.add(run)
    if event.kind == "process":
        _task(source, process, event.at, event.target, "")
    return True


def _uid_of(run: Run, pid: int) -> int:
    """The live process of the run with that pid, 0 if there is none."""
    return next((uid for uid, process in run.processes.items() if process.pid == pid and process.live), 0)


def _task(source: Source, process: Process, at: int, target: str, args: str) -> None:
    """The process as a task, once; later news of it fills in what was not known."""
    if process.live and not process.exit_known:
        event = TaskSubmitted(at, 0, process.uid, target or process.target or tasks.UNKNOWN_FUNCTION, args)
        pool = pool_of(source.run, source.world, 0)
        if process.uid in pool.fresh and args:
            pool.fresh[process.uid] = event
        tasks.submit(source, event)


def process_ending(source: Source, event: ProcessEnding) -> bool:
    """It says itself how it ends; the system has the last word."""
    process = process_of(source.world, source.run, event.process)
    if event.exit_code >= 0 and not process.exit_known:
        process.exit_code = event.exit_code
    process.ended_us, process.orderly = source.us(event.at), True
    if event.raised is not None and process.kind == "main" and event.raised.type != "KeyboardInterrupt":
        process.exit_code = process.exit_code if process.exit_known else 1
    if event.raised is not None:
        pool = pool_of(source.run, source.world, 0)
        if process.uid not in pool.failing:
            failure_id = failures.record(source, event.raised, source.us(event.at), "process")
            task_id = tasks.fail_later(source, pool, process.uid, failure_id, "")
            failures.link(source, task_id)
    return True


def process_exited(source: Source, event: ProcessExited) -> bool:
    """Its parent saw the exit code: what the system says, whoever asks."""
    process = process_of(source.world, source.run, event.process)
    process.pid = process.pid or event.pid
    process.exit_code, process.exit_known = event.exit_code, True
    process.exit_us = source.us(event.at)
    if not process.live:
        judge(process)
    return True


def process_not_started(source: Source, event: ProcessNotStarted) -> bool:
    """Process.start raised: there is no child, and the task has failed."""
    world, run, at_us = source.world, source.run, source.us(event.at)
    process = process_of(world, run, event.process)
    process.name, process.target, process.state = event.name, event.target or None, "failed"
    process.reason = f"it was not started: {event.raised.type}: {event.raised.message}"
    process.started_us = process.ended_us = at_us
    placed(source, process, source.process.uid, 0, "")
    pool = pool_of(run, world, 0)
    tasks.submit(source, TaskSubmitted(event.at, 0, event.process, event.target or tasks.UNKNOWN_FUNCTION))
    failure_id = failures.record(source, event.raised, at_us, "process")
    failures.link(source, tasks.fail_later(source, pool, event.process, failure_id, ""))
    close(world, run, pool, event.process, Ending(State.FAILED, at_us, reason="it was not started"))
    return True


def process_signalled(source: Source, event: ProcessSignalled) -> bool:
    """The program itself ended it: not one whose death broke its pool, which is sent a signal like its siblings."""
    process = process_of(source.world, source.run, event.process)
    process.pid = process.pid or event.pid
    pool = source.run.pools.get(process.pool)
    if pool is not None and turnover.blamed(pool, process):
        return True
    because = _WHY.get(event.why)
    process.reason = turnover.SENT + signal_name(event.signal) + (f": {because}" if because else "")
    return True


def worker_retired(source: Source, event: WorkerRetired) -> bool:
    """A worker's loop ended of itself. Threads are gone with that, processes once they are dead."""
    if event.thread:
        pool = pool_of(source.run, source.world, event.pool)
        turnover.count(pool, event.reason)
        touch(source.world, pool)
        return True
    process = process_of(source.world, source.run, event.process)
    process.left = process.left or event.reason
    process.reason = process.reason or _RETIRED.get(event.reason)
    return True


def initializer_failed(source: Source, event: InitializerFailed) -> bool:
    """A pool's initializer raised in this worker."""
    failures.record(source, event.raised, source.us(event.at), "initializer")
    pool = pool_of(source.run, source.world, event.pool)
    pool.initializer_error = f"{event.raised.type}: {event.raised.message}"
    touch(source.world, pool)
    if not event.thread:
        process = process_of(source.world, source.run, event.process)
        process.left, process.reason = "initializer", f"its initializer raised {pool.initializer_error}"
    return True


def thread_failed(source: Source, event: ThreadFailed) -> bool:
    """An exception that nobody caught ended a thread; its process goes on."""
    failures.record(source, event.raised, source.us(event.at), "thread", thread=event.thread)
    return True


def how(process: Process) -> str:
    """'was killed by SIGKILL' and the like."""
    if process.exit_code is None:
        return "vanished"
    if process.exit_code < 0:
        name = signal_name(-process.exit_code)
        return f"was {'ended by the program with' if turnover.sent(process) == name else 'killed by'} {name}"
    return f"exited with code {process.exit_code}"


def words(process: Process) -> str:
    """'worker 4131 was killed by SIGKILL' and the like."""
    kind = process.kind if process.kind in ("worker", "manager") else "process"
    return f"{kind} {process.pid} {how(process)}"


def judge(process: Process) -> None:
    """How it ended, by its exit code, and whether a signal that the program sent it has to do with that."""
    code = process.exit_code
    process.signal = -code if code is not None and code < 0 else None
    process.state = "unknown" if code is None else "killed" if code < 0 else "failed" if code else "finished"
    sent = turnover.sent(process)
    interrupted = code == 1 and sent == "SIGINT"  # by a KeyboardInterrupt that nothing caught
    obeyed = code is not None and code > 0 and sent == signal_name(code)  # as pebble's workers exit
    if sent and sent != signal_name(process.signal or 0) and not interrupted and not obeyed:
        process.reason = None  # it had died of something else, or went on to end well


def died_us(run: Run, process: Process, seen_us: int) -> int:
    """When it died at the latest (µs): the collector noticed at `seen_us`, but its parent, or its pool which broke of
    it, may have been faster."""
    pool = run.pools.get(process.pool)
    broke = pool.closed_us if pool is not None and pool.state == "broken" and turnover.blamed(pool, process) else None
    return min(known for known in (seen_us, process.exit_us, broke) if known is not None)


def ended(world: World, run: Run, process: Process, exit_code: int | None, at_us: int) -> None:
    """It is gone, and its journal is read to the end. `exit_code` as in Process.exitcode, None where unknown."""
    if exit_code is not None:
        process.exit_code, process.exit_known = exit_code, True
    process.ended_us = process.ended_us or at_us
    judge(process)
    _miss(world, run, process)
    world.changes.processes.add(process)
    if process.pool in run.pools:
        _retire(world, run.pools[process.pool], process)
    pool = run.pools.get(0)
    if pool is not None:
        _end_task(world, run, process, at_us)


def _miss(world: World, run: Run, process: Process) -> None:
    """One that came to its own end without a word had no journal; one that was killed may not have got so far."""
    silent = process.python is None and process.kind in ("process", "worker", "manager") and not process.unobserved
    if silent and process.exit_code is not None and process.exit_code >= 0:
        process.unobserved = "all it did: it left no journal"
        runs.noted(world, run, "a process that left no journal is not observed")


def _retire(world: World, pool: Pool, process: Process) -> None:
    pool.workers.discard(process.uid)
    turnover.count(pool, turnover.why(pool, process))
    touch(world, pool)


def _end_task(world: World, run: Run, process: Process, at_us: int) -> None:
    pool = run.pools[0]
    failing: Failing | None = pool.failing.get(process.uid)
    code = process.exit_code
    state = State.LOST if code is None or code < 0 else State.FAILED if code or failing else State.SUCCEEDED
    reason = words(process) if state == State.LOST or (state == State.FAILED and not failing) else None
    finished = process.ended_us or at_us
    nanoseconds = (finished - process.started_us) * 1000 if process.started_us else None
    end = Ending(state, finished, process.started_us, nanoseconds, process.id, None, reason)
    close(world, run, pool, process.uid, end)
