"""One function a fact: what the hooks saw, as an event in this thread's region."""

from __future__ import annotations

import os
import sys
from typing import Any

from procscope.runtime import events
from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Raised, State
from procscope.runtime.instrument import argv, capture, identity, leaving, names, plainly, raised, recorder

SUCCEEDED, FAILED, CANCELLED = int(State.SUCCEEDED), int(State.FAILED), int(State.CANCELLED)


def of(error: BaseException) -> Raised:
    """An exception as a value."""
    return raised.of(error)


def rich(event: Any) -> None:
    """Write any rich event."""
    recorder.region().rich(event)


def submitted(pool: int, number: int, func: Any, args: Any, kwds: Any, batch: int = -1, index: int = -1) -> None:
    """`func(*args, **kwds)` is put on the pool's queue, as item `index` of `batch` or by itself (-1)."""
    at = mono_ns()
    name, secrets = names.of(func)
    shown = capture.call(args, kwds, secrets) if recorder.limits().preview else ""
    recorder.region().task_submitted(at, pool, number, name, shown, batch, index)


def submission(pool: int, number: int, func: Any, args: Any, kwds: Any, batch: int, index: int) -> events.TaskSubmitted:
    """What `submitted` tells, to be told later. That one is called for every task, and makes no object of it."""
    at = mono_ns()
    name, secrets = names.of(func)
    shown = capture.call(args, kwds, secrets) if recorder.limits().preview else ""
    return events.TaskSubmitted(at, pool, number, name, shown, batch, index)


def batch(pool: int, number: int, func: Any, method: str, total: int, chunksize: int) -> None:
    """Told again with the same number once a total becomes known."""
    rich(events.BatchSubmitted(mono_ns(), pool, number, names.of(func)[0], method, total, plainly.whole(chunksize, 1)))


def dropped(pool: int, number: int, outcome: int, reason: str, error: BaseException | None = None) -> None:
    """A task, a chunk of an executor or a whole batch that will not run."""
    rich(events.TaskDropped(mono_ns(), pool, number, outcome, reason, raised.of(error) if error else None))


def result_failed(pool: int, number: int, stage: str, error: BaseException, *, fatal: bool = False) -> None:
    """What came after the call went wrong."""
    rich(events.ResultFailed(mono_ns(), pool, number, stage, raised.of(error), fatal))


def pool_state(pool: int, state: str, reason: str = "", culprits: tuple[int, ...] = ()) -> None:
    """closing, terminated, broken or closed."""
    rich(events.PoolState(mono_ns(), pool, state, reason, culprits))


def initializer_failed(pool: int, error: BaseException, thread: str = "") -> None:
    """A pool's initializer raised in this worker, or in `thread` of this process."""
    rich(events.InitializerFailed(mono_ns(), identity.me().process, pool, raised.of(error), thread))


def thread_failed(name: str, daemon: bool, error: BaseException) -> None:
    """Nobody caught `error`, which ends this thread."""
    rich(events.ThreadFailed(mono_ns(), identity.me().process, name, daemon, raised.of(error)))


def alive(birth: identity.Birth) -> None:
    """This process's first record, unless it has said so already."""
    if recorder.introduced:
        return
    recorder.introduced = True
    if not birth.kind:
        birth.kind = "main"
    words = argv.shown() if birth.kind in ("main", "subprocess") else ()
    version = ".".join(map(str, sys.version_info[:3]))
    rich(
        events.ProcessAlive(
            mono_ns(), birth.process, birth.parent, os.getpid(), os.getppid(), birth.kind, birth.name, birth.pool,
            birth.target, birth.start_method, version, words,
        )
    )  # fmt: skip


def ending(exit_code: int, error: BaseException | None) -> None:
    """This process's end, as it sees it: once, or again with the code that it really leaves with."""
    leaving.said()
    recorder.region().hurry()
    recorder.settle()
    rich(events.ProcessEnding(mono_ns(), identity.me().process, exit_code, raised.of(error) if error else None))


def not_observed(group: str, reason: str) -> None:
    """A hook group is not in place."""
    rich(events.NotObserved(mono_ns(), group, reason))


def our_fault(group: str, error: BaseException) -> None:
    """Our own code failed in `group`."""
    frames = raised.of(error).frames
    where = f"{group}: {os.path.basename(frames[-1].file)}:{frames[-1].line}" if frames else group
    rich(events.OurFault(mono_ns(), where, f"{names.of_type(type(error))}: {raised.message(error)}"))
