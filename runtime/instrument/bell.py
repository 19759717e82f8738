"""The bell of the run's teller: rung at the very end of the main process's exit, on a terminal only.

The teller then prints how the run ended, and closes the pipe, before the shell prints its prompt.
"""

from __future__ import annotations

import os

PATIENCE_MS = 1000


def path(directory: str, pid: int) -> str:
    """The named pipe in the run's directory that the teller of main process `pid` listens to."""
    return os.path.join(directory, f"bell-{pid}")


def ring(directory: str) -> None:
    """Ring if there is a teller, and wait until it has told or PATIENCE_MS are over. Never raises."""
    try:
        descriptor = os.open(path(directory, os.getpid()), os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # no bell, or nobody listens
        return
    try:
        import select

        os.write(descriptor, b".")
        closed = select.poll()
        closed.register(descriptor, 0)
        closed.poll(PATIENCE_MS)
    except (OSError, KeyboardInterrupt):  # a second Ctrl-C means: do not wait
        pass
    finally:
        os.close(descriptor)
