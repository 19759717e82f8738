"""From the command line to the program: what must be ready before exec, and exec itself.

Telemetry that cannot be had costs one warning line, never the program.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from procscope.cli import config, interpreter, manifest
from procscope.cli.program import Program
from procscope.cli.wanted import Wanted
from procscope.runtime.errors import ProcscopeError
from procscope.runtime.settings import PREFIX, Settings


def launch(program: Program, flags: Mapping[str, Any], wanted: Wanted) -> NoReturn:
    """Become the program; raises ProcscopeError only if the interpreter itself cannot be started."""
    environment = dict(os.environ)
    environment.pop(PREFIX + "RUN", None)
    try:
        settings = pinned(config.load(flags))
        if not settings.disable:
            environment.update(_telemetry(program, settings, wanted))
    except Exception as error:  # whatever is wrong with us, the program is to run
        _warn(error)
    interpreter.become(program, environment)


def pinned(settings: Settings) -> Settings:
    """`settings` with paths made absolute, since the program may change its directory or its HOME."""
    db = settings.db if not settings.db or "://" in settings.db else os.path.abspath(settings.db)
    return settings._replace(state_dir=settings.home, db=db)


def _telemetry(program: Program, settings: Settings, wanted: Wanted) -> dict[str, str]:
    from procscope.cli import announce, readiness, teller

    readiness.check(settings)
    key = manifest.new_key()
    if problem := readiness.start_collector(settings):
        _say(f"{problem}; until then what this run tells is kept in {settings.spool}")
    announce.started(key, settings, wanted)
    # Last, since it says when the run began.
    argv = [program.target, *program.args] if program.kind == "script" else program.interpreter_args
    directory = manifest.write(settings.spool, manifest.describe(key, wanted.name, argv, settings.slow_ns))
    teller.leave_behind(key, directory, settings, quiet=wanted.quiet)
    return settings._replace(run=key).to_environment()


def _warn(error: Exception) -> None:
    words = str(error) if isinstance(error, ProcscopeError) else f"{type(error).__name__}: {error}"
    _say(f"not recording this run: {words}")


def _say(sentence: str) -> None:
    # Even with --quiet: a run that is missing tomorrow must have said so today.
    print(f"procscope: {sentence}", file=sys.stderr, flush=True)
