"""A child process from its bootstrap to its end, as it sees itself."""

from __future__ import annotations

from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import TaskFailed
from procscope.runtime.instrument import facts, identity, patches, raised, recorder

_GROUP = "process"


class Life:
    """Watches `run()` through an attribute of the instance, so that overridden ones and their errors are seen."""

    def __init__(self, process: Any) -> None:
        birth = identity.me()
        birth.name = birth.name or str(vars(process).get("_name", ""))
        self._uid = birth.process
        self._is_task = birth.kind == "process"
        self._told: int | None = None
        region = recorder.region()
        self._began = mono_ns()
        if self._is_task:
            region.slot_begin(0, self._uid, -1, self._began, birth.args)
        self._args = birth.args
        process.run = self._watched(process.run)

    def _watched(self, run: Any) -> Any:
        def watched() -> None:
            try:
                run()
            except BaseException as error:
                self._over(_exit_code(error), error)
                error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
                raise
            self._over(0, None)

        return watched

    def _over(self, code: int, error: BaseException | None) -> None:
        try:
            self._tell(code, error)
        except Exception as fault:
            if patches.fault(_GROUP, fault):
                raise

    def _tell(self, code: int, error: BaseException | None) -> None:
        self._told = code
        now = mono_ns()
        region = recorder.region()
        shown = error if not isinstance(error, SystemExit) or code else None
        if self._is_task:
            if code and shown is not None:
                failed = TaskFailed(0, self._uid, -1, -1, self._began, now, self._args, raised.of(shown))
                region.rich(failed)
            region.task_ran(0, self._uid, self._began, now, facts.FAILED if code else facts.SUCCEEDED)
            region.slot_clear()
        facts.ending(code, shown)

    def left(self, code: Any) -> None:
        """_bootstrap returned `code`: what happened after run() may have changed it."""
        if type(code) is not int or code == self._told:
            return
        try:
            facts.ending(code, None)
        except Exception as fault:
            if patches.fault(_GROUP, fault):
                raise


def _exit_code(error: BaseException) -> int:
    """As BaseProcess._bootstrap makes it."""
    if isinstance(error, SystemExit):
        code = error.code
        return 0 if code is None else int(code) if isinstance(code, int) else 1
    return 1
