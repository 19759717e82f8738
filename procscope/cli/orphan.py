"""Work of ours in a process that is nobody's child: a copy of this one, forked twice, in a session of its own."""

from __future__ import annotations

import os
from collections.abc import Callable


def orphaned(work: Callable[[], object]) -> bool:
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
