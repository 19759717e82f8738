"""What a parent knows of a child: who it will be, that it started or did not, how it ended."""

from __future__ import annotations

import sys
from types import FunctionType, MethodType
from typing import Any

from procscope.runtime import events
from procscope.runtime.clock import mono_ns
from procscope.runtime.instrument import (
    capture,
    facts,
    foreign,
    identity,
    life,
    names,
    namespace,
    plainly,
    raised,
    recorder,
)
from procscope.runtime.instrument.identity import Birth
from procscope.runtime.instrument.pools import pool_of_queue

_WORKERS = frozenset({
    ("multiprocessing.pool", "worker"),
    ("multiprocess.pool", "worker"),
    ("concurrent.futures.process", "_process_worker"),
    ("loky.process_executor", "_process_worker"),
    ("joblib.externals.loky.process_executor", "_process_worker"),
})  # fmt: skip
"""The loops that we watch, by module and name; the first argument is the pool's queue."""


def of(process: Any) -> Birth:
    """The birth of a multiprocessing.Process about to start. Its target is read now: start() deletes it."""
    state = vars(process)
    target, args, kwds = state.get("_target"), state.get("_args", ()), state.get("_kwargs", {})
    kind, pool = _role(target, args)
    birth = Birth(identity.new_uid(), identity.me().process, pool, kind, plainly.text(state.get("_name", "")))
    birth.start_method = _start_method(process)
    own_run = type(process).run
    overridden = own_run is not namespace.base(process).run
    if kind == "process":
        birth.library = foreign.library(own_run if overridden else target)
        birth.kind = kind = "worker" if birth.library else kind
    if overridden:
        birth.target = names.of(own_run)[0]
    elif target is not None:
        birth.target, secrets = names.of(target)
        if kind == "process" and recorder.limits().preview:
            birth.args = capture.call(args, kwds, secrets)
    return birth


def _role(target: Any, args: Any) -> tuple[str, int]:
    function = target.__func__ if type(target) is MethodType else target
    where = ("", "")
    if type(function) is FunctionType:
        where = (plainly.text(function.__module__), plainly.text(function.__qualname__))
    if where in _WORKERS and args:
        pool = pool_of_queue(args[0])
        return "worker", pool.uid if pool else 0
    if where[1] == "BaseManager._run_server":
        return "manager", 0
    return "process", 0


def _start_method(process: Any) -> str:
    method = vars(type(process)).get("_start_method") or getattr(type(process), "_start_method", None)
    if method is None:
        context = sys.modules.get(namespace.package(process) + ".context")
        method = context._default_context.get_start_method(allow_none=True) if context else None
        if method is None and context:
            method = context._default_context._default_context._name
    return str(method or "")


FIRST_WORDS = life.Life
"""Imported before the first fork, so that no child has to."""


def submit(birth: Birth) -> None:
    """A process that serves no pool is itself a task: of pool 0, numbered by its own uid."""
    recorder.region().task_submitted(mono_ns(), 0, birth.process, birth.target, birth.args)


def started(process: Any, birth: Birth) -> None:
    """start() returned."""
    facts.rich(
        events.ProcessStarted(
            mono_ns(), birth.process, process._popen.pid, birth.kind, birth.name, birth.pool,
            bool(process._config.get("daemon")), birth.target, birth.args, birth.start_method, birth.library,
        )
    )  # fmt: skip


def servant(kind: str, pid: int) -> None:
    """A fork server or a resource tracker was started: it runs no code of the program and never speaks itself."""
    facts.rich(events.ServantStarted(mono_ns(), identity.new_uid(), pid, kind))


def not_started(birth: Birth, error: BaseException) -> None:
    """start() raised."""
    facts.rich(events.ProcessNotStarted(mono_ns(), birth.process, birth.name, birth.target, raised.of(error)))


def exited(uid: int, pid: int, code: int) -> None:
    """The parent has the exit code."""
    facts.rich(events.ProcessExited(mono_ns(), uid, pid, code))


def signalled(uid: int, pid: int, number: int, why: str) -> None:
    """The program sends a child a signal: what follows is deliberate."""
    facts.rich(events.ProcessSignalled(mono_ns(), uid, pid, number, why))
