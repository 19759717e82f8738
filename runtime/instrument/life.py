"""A child process from its bootstrap to its end, as it sees itself."""

from __future__ import annotations

import sys
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import TaskFailed
from procscope.runtime.instrument import facts, identity, last_words, namespace, patches, plainly, raised, recorder

_GROUP = "process"
_code_of = SystemExit.__dict__["code"].__get__


class Life:
    """Watches `run()`, overridden ones too: through an attribute of the instance, from 3.11 on."""

    def __init__(self, process: Any) -> None:
        birth = identity.me()
        birth.name = birth.name or plainly.text(vars(process).get("_name", ""))
        self._uid = birth.process
        self._is_task = birth.kind == "process"
        self._told: int | None = None
        region = recorder.region()
        self._began = mono_ns()
        if self._is_task:
            region.slot_begin(0, self._uid, -1, self._began, birth.args)
        self._args = birth.args
        last_words.watch()
        if sys.version_info < (3, 11):
            self._watch_exit_function(namespace.package(process))
        else:
            process.run = self._watched(process, process.run)

    def _watch_exit_function(self, package: str) -> None:
        """Up to 3.10 a frame cannot be hidden from a traceback: look from the finally that follows run() instead."""
        ours: Any = sys.modules[package + ".util"]
        leave = ours._exit_function

        def _exit_function(*args: Any, **options: Any) -> Any:
            ours._exit_function = leave
            self._over_now()
            return leave(*args, **options)

        ours._exit_function = _exit_function

    def _watched(self, process: Any, run: Any) -> Any:
        own = vars(process).get("run")

        def watched() -> None:
            try:
                _undress(process, own)
                run()
            except BaseException as error:
                self._over(error)
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                raise
            self._over(None)

        return watched

    def _over_now(self) -> None:
        """It is over with the exception that is being handled, if there is one."""
        try:
            error = sys.exc_info()[1]
            self._tell(0 if error is None else _exit_code(error), error)
        except Exception as fault:
            if patches.fault(_GROUP, fault):
                raise

    def _over(self, error: BaseException | None) -> None:
        try:
            self._tell(0 if error is None else _exit_code(error), error)
        except Exception as fault:
            if patches.fault(_GROUP, fault):
                raise

    def _tell(self, code: int, error: BaseException | None) -> None:
        self._told = code
        now = mono_ns()
        region = recorder.region()
        shown = error if not issubclass(type(error), SystemExit) or code else None
        if self._is_task:
            if code and shown is not None:
                failed = TaskFailed(0, self._uid, -1, -1, self._began, now, self._args, raised.of(shown))
                region.rich(failed)
            region.task_ran(0, self._uid, self._began, now, facts.FAILED if code else facts.SUCCEEDED)
            region.slot_clear()
        facts.ending(code, shown)

    def left(self, code: Any) -> None:
        """_bootstrap returned `code`: what happened after run() may have changed it."""
        try:
            if type(code) is not int or code == self._told:
                return
            facts.ending(code, None)
        except Exception as fault:
            if patches.fault(_GROUP, fault):
                raise


def _undress(process: Any, own: Any) -> None:
    """The program may look at its process's attributes: there is none of ours while it runs."""
    try:
        vars(process).pop("run", None) if own is None else vars(process).update(run=own)
    except Exception as fault:
        if patches.fault(_GROUP, fault):
            raise


def _exit_code(error: BaseException) -> int:
    """As BaseProcess._bootstrap makes it."""
    if issubclass(type(error), SystemExit):
        code = _code_of(error)
        return 0 if code is None else plainly.whole(code, 1)
    return 1
