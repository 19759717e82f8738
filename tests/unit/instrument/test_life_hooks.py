"""Hooks of process life that need no process: threads' exceptions, the library's own processes, Python 3.14."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from procscope.runtime.instrument import facts, patches, pools, recorder
from procscope.runtime.instrument.hooks import executor, popen, servants, thread_work, threads


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The events that would be written."""
    written: list[Any] = []
    monkeypatch.setattr(recorder, "run", "abc")
    monkeypatch.setattr(facts, "rich", written.append)
    yield written
    for group in (threads.GROUP, executor.GROUP, servants.GROUP):
        patches.switch_off(group)
        patches.off.discard(group)


def run_thread(target: Any) -> None:
    """A thread of its own, to its end."""
    thread = threading.Thread(target=target, name="loader", daemon=True)
    thread.start()
    thread.join()


def test_the_hook_of_the_user_sees_what_it_would_see_without_us(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrapped threading.excepthook is no longer threading.__excepthook__, which libraries compare."""
    seen: list[Any] = []
    before = threading.excepthook
    threads.install(threading)
    assert threading.excepthook is before
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append((args.exc_type, args.thread.name)))
    run_thread(lambda: 1 / 0)
    assert seen == [(ZeroDivisionError, "loader")]
    (event,) = told
    assert (event.thread, event.daemon, event.raised.type) == ("loader", True, "ZeroDivisionError")
    assert not any("procscope/runtime" in frame.file for frame in event.raised.frames)


def test_leaving_a_thread_by_sys_exit_is_no_failure(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard hook is silent about SystemExit."""
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    threads.install(threading)
    run_thread(sys.exit)
    assert told == []


def test_what_a_pool_told_is_not_told_again(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A ThreadPool's worker that died of KeyboardInterrupt was a failed task and a failed thread."""
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    threads.install(threading)

    def work() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            threads.told(error)
            raise

    run_thread(work)
    assert told == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("from multiprocessing.resource_tracker import main;main(5)", "resource_tracker"),
        (b"from multiprocessing.forkserver import main; main(5, 6, [], **{})", "forkserver"),
        ("from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5)", ""),
        ("import forkserver", ""),
    ],
)
def test_who_is_started_is_told_by_its_command(told: list[Any], code: Any, kind: str) -> None:
    """A fork server was shown as a child of the program, or not at all."""
    util = ModuleType("multiprocessing.util")
    util.spawnv_passfds = lambda path, args, passfds: 4711  # type: ignore[attr-defined]
    servants.install(util)
    assert util.spawnv_passfds("/python", ["/python", "-c", code], (1,)) == 4711
    assert [(event.pid, event.kind) for event in told] == ([(4711, kind)] if kind else [])


def test_a_signal_of_the_standard_librarys_own_is_known_by_who_sends_it() -> None:
    """Daemons ended at their parent's exit, and the innocent of a broken executor, looked terminated by the program."""
    scope: dict[str, Any] = {"__name__": "multiprocessing.util", "sys": sys, "why": popen._why}
    exec("def _exit_function():\n    return why(sys._getframe())\n", scope)
    assert scope["_exit_function"]() == "daemon"
    scope["__name__"] = "job"
    assert scope["_exit_function"]() == ""


def test_kill_workers_of_a_later_python_is_deliberate(told: list[Any]) -> None:
    """From 3.14 on an executor's workers can be killed by one call, after which the manager thread says it broke."""
    called: list[str] = []

    class ProcessPoolExecutor:
        def __init__(self) -> None: ...

        def kill_workers(self) -> None:
            called.append("kill_workers")

    patches.replace(executor.GROUP, ProcessPoolExecutor, "kill_workers", executor._workers_ended)
    pool = ProcessPoolExecutor()
    vars(pool)["_procscope"] = ours = pools.Pool("ProcessPoolExecutor")
    pool.kill_workers()
    ours.now("broken", "a worker ended abruptly", (1,))
    assert called == ["kill_workers"]
    assert [(event.state, event.reason) for event in told] == [("terminated", "the program called kill_workers()")]


def test_an_executor_of_interpreters_is_named_so(told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """From 3.14 on its base class has no `_initializer` any more: asking for it switched the group off."""
    from queue import SimpleQueue

    class InterpreterPoolExecutor:
        def __init__(self) -> None:
            self._work_queue: Any = SimpleQueue()
            self._max_workers = 3

    module = SimpleNamespace(InterpreterPoolExecutor=InterpreterPoolExecutor)
    monkeypatch.setitem(sys.modules, "concurrent.futures.interpreter", module)
    pool = InterpreterPoolExecutor()
    thread_work.opened(pool, print)
    (event,) = told
    assert (event.kind, event.size, event.initializer) == ("InterpreterPoolExecutor", 3, "builtins.print")
    work = SimpleNamespace(task=(len, ("x",), {}))
    assert thread_work._call_of(work) == (len, ("x",), {})
