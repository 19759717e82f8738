"""Processes that are nobody's child: forked twice, in a session of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from procscope.runtime.settings import PREFIX, Settings


def detached(work: Callable[[], object]) -> bool:
    """Do `work` in a process that `wait` in ours can never see; False where it was not started.

    The grandchild leaves by os._exit whatever `work` does: no finalizer of ours runs twice. Its descriptors
    and signal handlers are those of this process.
    """
    if os.getpid() == 1:  # as the first process of a container we would adopt it, and the program would see it
        return False
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return True
    try:
        os.setsid()
        if os.fork() == 0:
            work()
    finally:
        os._exit(0)


def close_standard(keep_stderr: bool) -> None:
    """Point stdin and stdout (and stderr unless kept) at /dev/null, so that no pipe of the program stays open."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1) if keep_stderr else (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def close_inherited(keep: tuple[int, ...]) -> None:
    """Close every descriptor from 3 on but those in `keep`: pipes and locks that the program was handed."""
    kept = sorted({2, *keep})
    for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)


def become_command(words: list[str], settings: Settings) -> NoReturn:
    """Replace this process by `procscope WORDS`, deaf and mute, from a directory that nobody wants to remove."""
    close_standard(keep_stderr=False)
    environment = {name: value for name, value in os.environ.items() if name != PREFIX + "RUN"}
    os.chdir(settings.home)
    environment |= settings.to_environment()
    os.execve(sys.executable, [sys.executable, "-c", _ENTRY.format(root=_root()), *words], environment)


_ENTRY = "import sys; sys.path[0:1] = [{root!r}]; from procscope.cli import main; main()"


def _root() -> str:
    """The folder that holds the package: not the working directory, whose modules are the user's."""
    import procscope

    return os.path.dirname(os.path.dirname(os.path.abspath(procscope.__file__)))
