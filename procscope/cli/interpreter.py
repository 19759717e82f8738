"""Becoming the program: exec of this very interpreter, so that nothing of ours is in between."""

from __future__ import annotations

import os
import site
import sys
from typing import NoReturn

from procscope.cli.program import Program
from procscope.runtime.errors import ProcscopeError

BOOT = "procscope_boot.pth"


def become(program: Program, environment: dict[str, str]) -> NoReturn:
    """Replace this process by the interpreter running `program`; raises ProcscopeError if it cannot be started."""
    argv = [sys.executable, *_own_options(), *_program_args(program, environment)]
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execve(sys.executable, argv, environment)
    except OSError as error:
        raise ProcscopeError(f"{sys.executable} cannot be started: {error.strerror}") from None


def _program_args(program: Program, environment: dict[str, str]) -> list[str]:
    if "PROCSCOPE_RUN" not in environment or boots_by_itself():
        return program.interpreter_args
    return ["-c", _bootstrap(), *program.interpreter_args]


def boots_by_itself() -> bool:
    """Whether the start-up file is installed where this interpreter reads it."""
    folders = site.getsitepackages()
    if site.ENABLE_USER_SITE:
        folders = [*folders, site.getusersitepackages()]
    return any(os.path.exists(os.path.join(folder, BOOT)) for folder in folders)


def _bootstrap() -> str:
    """Code for -c in a source tree: starts the instrumentation, then runs the program in its place."""
    import procscope

    root = os.path.dirname(os.path.dirname(os.path.abspath(procscope.__file__)))
    return (
        "import sys; sys.path.insert(0, " + repr(root) + "); "
        "from procscope.runtime.instrument.boot import run_program; "
        "sys.path.remove(" + repr(root) + "); run_program(sys.argv[1:])"
    )


def _own_options() -> list[str]:
    """The interpreter options of `python OPTIONS -m procscope run …`: they were meant for the program too.

    Those in the first line of an installed `procscope` script were not.
    """
    given = sys.orig_argv[1:]
    for at, word in enumerate(given[:-1]):
        if word == "-m":
            return given[:at] if given[at + 1] == "procscope" else []
    return []
