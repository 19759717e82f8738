"""The teller: stays behind when the launcher becomes the program, and says in one line how the run ended.

It is nobody's child, in a session of its own, deaf to signals, and holds nothing of the program's but stderr.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys

from procscope.cli import detach, ending
from procscope.runtime import clock
from procscope.runtime.settings import Settings

TOLD = "told"
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE)


def leave_behind(key: str, directory: str, settings: Settings) -> None:
    """Start the teller of run `key`, whose main process is this one. Without pidfds (not Linux) there is none."""
    if not hasattr(os, "pidfd_open"):
        return
    with contextlib.suppress(OSError):
        main = os.pidfd_open(os.getpid())
        detach.detached(lambda: _watch(main, key, directory, settings))
        os.close(main)


def _watch(main: int, key: str, directory: str, settings: Settings) -> None:
    began = clock.mono_ns()
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    detach.close_standard(keep_stderr=True)
    detach.close_inherited(keep=(2, main))
    os.chdir(settings.home)
    _until_ready(main)
    seconds = (clock.mono_ns() - began) / 1e9
    with contextlib.suppress(Exception):
        print(ending.line(key, seconds, settings), file=sys.stderr, flush=True)
    with contextlib.suppress(OSError):
        os.close(os.open(os.path.join(directory, TOLD), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _until_ready(descriptor: int) -> None:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    waiting.poll()
