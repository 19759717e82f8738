"""The interpreter is at its exit: the last word of a process that spoke before, or that died of an exception."""

from __future__ import annotations

import atexit
import os
import sys

from procscope.runtime.instrument import recorder

_said = -1


def said() -> None:
    """This process has told its end already, as multiprocessing's children do when run() is over."""
    global _said
    _said = recorder.generation()


def watch() -> None:
    """Registered first, so that it runs last."""
    atexit.register(_leave)


def _leave() -> None:
    try:
        _last_words()
    except Exception:
        _count()


def _count() -> None:
    try:
        recorder.hook_failed()
    except Exception:
        recorder.run = ""


def _last_words() -> None:
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not recorder.run:
        return
    if _said != recorder.generation() and (error or recorder.is_open()):
        _tell(error)
    if _on_a_terminal():
        from procscope.runtime.instrument import bell

        bell.ring(recorder.directory())
    if isinstance(error, KeyboardInterrupt):
        _stay_interrupted()


def _tell(error: BaseException | None) -> None:
    try:
        from procscope.runtime.instrument import facts

        facts.ending(-1, error)
    except Exception:
        _count()


def _on_a_terminal() -> bool:
    try:
        return os.isatty(2)
    except OSError:
        return False


def _stay_interrupted() -> None:
    """Have the interpreter still die of SIGINT: any eval() since (each NamedTuple is one) made it forget to."""
    try:  # noqa: SIM105  contextlib would be imported into every interpreter that starts
        eval("interrupt()", {"interrupt": _interrupt})
    except KeyboardInterrupt:
        pass


def _interrupt() -> None:
    raise KeyboardInterrupt
