"""The teller: stays behind when the launcher becomes the program, and says how the run ended.

It tells the collector the exit code, which may come too late to learn it by itself, and the person in one line on
stderr. It is nobody's child, in a session of its own, deaf to signals, and holds nothing of the program's but stderr.

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
from collections.abc import Callable
from typing import NamedTuple

from procscope.cli import ending, orphan
from procscope.runtime import clock
from procscope.runtime.collector import witness
from procscope.runtime.collector.reaper import exit_code
from procscope.runtime.instrument import bell
from procscope.runtime.settings import Settings

_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE)


def leave_behind(key: str, directory: str, settings: Settings, *, quiet: bool) -> None:
    """Start the teller of run `key`, whose main process is this one; a quiet one tells only the collector.

    There is none without pidfds (not Linux), nor where we are process 1 and would become its parent.
    """
    if not hasattr(os, "pidfd_open") or os.getpid() == 1:
        return
    with contextlib.suppress(OSError):
        main = os.pidfd_open(os.getpid())
        rope = _hang_bell(directory) if not quiet and sys.stderr.isatty() else None
        witness.appoint(directory)
        teller = Teller(key, directory, settings, quiet, os.getpid(), main, rope)
        orphan.orphaned(teller.work)
        teller.close()


def _hang_bell(directory: str) -> int:
    """A pipe by its name in the run's directory, which the program rings at its very end (see the module)."""
    path = bell.path(directory, os.getpid())
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


class Teller(NamedTuple):
    """`main` is a pidfd of the main process `pid`, `rope` the bell's descriptor or None."""

    key: str
    directory: str
    settings: Settings
    quiet: bool
    pid: int
    main: int
    rope: int | None

    def work(self) -> None:
        """The teller's whole life."""
        began = clock.mono_ns()
        for number in _DEAF_TO:
            signal.signal(number, signal.SIG_IGN)
        orphan.close_standard(keep_stderr=not self.quiet)
        orphan.close_inherited(keep=self._descriptors)
        os.chdir(self.settings.home)
        _ready(self._descriptors)
        seconds = (clock.mono_ns() - began) / 1e9
        over = self._is_over()
        if not over:
            self._say(ending.line_before_exit, seconds)
            self._let_go()
            _ready((self.main,))
        with contextlib.suppress(OSError):
            witness.tell(self.directory, exit_code(self.main, self.pid))
        if over:
            self._say(ending.line, seconds)

    @property
    def _descriptors(self) -> tuple[int, ...]:
        return (self.main,) if self.rope is None else (self.main, self.rope)

    def _is_over(self) -> bool:
        return self.rope is None or bool(_ready((self.main,), 0))

    def _say(self, line: Callable[[str, float, Settings], str], seconds: float) -> None:
        if self.quiet:
            return
        with contextlib.suppress(Exception):
            print(line(self.key, seconds, self.settings), file=sys.stderr, flush=True)

    def _let_go(self) -> None:
        if self.rope is not None:
            os.close(self.rope)

    def close(self) -> None:
        """In the launcher: the teller has copies of these."""
        for descriptor in self._descriptors:
            os.close(descriptor)


def _ready(descriptors: tuple[int, ...], patience_ms: int | None = None) -> list[int]:
    """Those of `descriptors` on which something has happened."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in waiting.poll(patience_ms)]
