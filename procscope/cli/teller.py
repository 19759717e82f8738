"""The teller: stays behind when the launcher becomes the program, and says in one line how the run ended.

It is nobody's child, in a session of its own, deaf to signals, and holds nothing of the program's but stderr.

On a terminal the line has to come before the shell's prompt, so before the program's end: there the program, at the
very end of its exit, rings a bell (a byte into a named pipe of the run's directory) and waits, for at most a second,
until the teller closes it. The exit code is not known yet then, and the line does not claim to know it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys

from procscope.cli import asking, ending, orphan
from procscope.runtime import clock
from procscope.runtime.instrument import bell
from procscope.runtime.settings import Settings

_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE)
_WARM_MS = 1000
"""After so long of a run the imports for its last line are done: the person at the terminal waits for that line."""


def leave_behind(key: str, directory: str, settings: Settings) -> None:
    """Start the teller of run `key`, whose main process is this one. Without pidfds (not Linux) there is none."""
    if not hasattr(os, "pidfd_open"):
        return
    with contextlib.suppress(OSError):
        main = os.pidfd_open(os.getpid())
        rope = _hang_bell(directory) if sys.stderr.isatty() else None
        orphan.orphaned(lambda: _watch(main, rope, key, settings))
        for descriptor in (main, rope):
            if descriptor is not None:
                os.close(descriptor)


def _hang_bell(directory: str) -> int:
    """A pipe by its name in the run's directory, which the program rings at its very end (see the module)."""
    path = bell.path(directory, os.getpid())
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _watch(main: int, rope: int | None, key: str, settings: Settings) -> None:
    began = clock.mono_ns()
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    orphan.close_standard(keep_stderr=True)
    orphan.close_inherited(keep=(main,) if rope is None else (main, rope))
    os.chdir(settings.home)
    ready = _first_ready(main, rope, _WARM_MS)
    if not ready:
        asking.warm()
        ready = _first_ready(main, rope)
    over = main in ready
    seconds = (clock.mono_ns() - began) / 1e9
    with contextlib.suppress(Exception):
        said = ending.line(key, seconds, settings) if over else ending.line_before_exit(key, seconds, settings)
        print(said, file=sys.stderr, flush=True)


def _first_ready(main: int, rope: int | None, patience_ms: int | None = None) -> list[int]:
    waiting = select.poll()
    for descriptor in (main, rope):
        if descriptor is not None:
            waiting.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in waiting.poll(patience_ms)]
