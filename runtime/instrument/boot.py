"""How observation begins in a process: from the environment, from a parent's words, or by a call in code.

Whoever imports this pays for no module that the interpreter has not loaded already.
"""

from __future__ import annotations

import os
import sys

from procscope.runtime.instrument import identity, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

PREFIX = "PROCSCOPE_"
_OFF = ("", "0", "false", "no", "off")
_TRACKERS = (
    "from multiprocessing.resource_tracker import",
    "from multiprocess.resource_tracker import",
    "from loky.backend.resource_tracker import",
    "from joblib.externals.loky.backend.resource_tracker import",
)
_FORK_SERVERS = ("from multiprocessing.forkserver import", "from multiprocess.forkserver import")
_CHILDREN = (
    "--multiprocessing-fork",
    "loky.backend.popen_loky_posix",
    "joblib.externals.loky.backend.popen_loky_posix",
)
"""A word on the command line of a child that its parent tells who it is."""


def from_environment() -> None:
    """Begin if PROCSCOPE_RUN says so: called by the start-up file, before the program."""
    variables = own_variables(os.environ)
    key = variables.get("PROCSCOPE_RUN", "")
    if not key or disabled(variables):
        return
    if is_helper():
        _warm()
    else:
        activate(key, variables, announce=not any(word in _CHILDREN for word in sys.orig_argv))


def own_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The PROCSCOPE_* part of `environ`."""
    return {name: value for name, value in environ.items() if name.startswith(PREFIX)}


def disabled(environ: Mapping[str, str]) -> bool:
    """Whether PROCSCOPE_DISABLE turns everything off."""
    return environ.get("PROCSCOPE_DISABLE", "").lower() not in _OFF


def is_helper() -> bool:
    """Whether this is multiprocessing's resource tracker or fork server, which run no code of the program."""
    words = sys.orig_argv
    return "-c" in words[:-1] and words[words.index("-c") + 1].startswith(_TRACKERS + _FORK_SERVERS)


def activate(key: str, variables: dict[str, str], *, announce: bool) -> None:
    """Observe this process as part of run `key`; once. `announce` it at once unless its parent does."""
    if recorder.run:
        return
    recorder.begin(key, variables)
    from procscope.runtime.instrument import lazy, leaving
    from procscope.runtime.instrument.hooks import TABLE

    recorder.watch_forks()
    leaving.watch()
    lazy.install(TABLE)
    if announce:
        from procscope.runtime.instrument import hello

        hello.say(identity.me())


def _warm() -> None:
    """A fork server's children find our modules imported; the server itself stays unobserved."""
    words = sys.orig_argv
    if words[words.index("-c") + 1].startswith(_FORK_SERVERS):
        from procscope.runtime.instrument import children, facts, raised  # noqa: F401
        from procscope.runtime.journal import writer  # noqa: F401


def run_program(argv: list[str]) -> NoReturn:
    """In an interpreter started with -c: observe, then run `argv` as `python *argv` would have. Does not return."""
    from procscope.runtime.instrument import program

    sys.orig_argv[1:] = argv
    try:
        from_environment()
        recorder.not_observed("subprocess", "procscope_boot.pth is not in site-packages")
    except Exception:  # the program comes first
        recorder.run = ""
    program.run(argv)


def instrument() -> None:
    """Observe this process and all it starts from now on, as a run of its own unless it is part of one already.

    Does nothing with PROCSCOPE_DISABLE=1, and never raises: a run that cannot be recorded costs one warning.
    """
    if recorder.run or is_helper() or disabled(os.environ):
        return
    from procscope.runtime.instrument import begin

    begin.run()
