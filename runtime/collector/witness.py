"""How a run's main process ended, as told by whoever stayed behind to see it: `exit` in the run's directory.

`procscope run` makes the file, empty, before the program begins, and its teller writes the exit code into it: the
program may be over, and reaped, before a collector ever looks at the run.
"""

from __future__ import annotations

import os

NAME = "exit"
UNKNOWN = "?"


def appoint(directory: str) -> None:
    """Say that somebody will tell. Raises OSError."""
    os.close(os.open(_path(directory), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def tell(directory: str, exit_code: int | None) -> None:
    """Write the exit code (negative for a signal), None where the system does not say. Raises OSError."""
    descriptor = os.open(_path(directory), os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(descriptor, (UNKNOWN if exit_code is None else str(exit_code)).encode("ascii") + b"\n")
    finally:
        os.close(descriptor)


def told(directory: str) -> tuple[bool, int | None]:
    """Whether all is told that will be, and the exit code if it is known."""
    try:
        descriptor = os.open(_path(directory), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return True, None
    try:
        line = os.read(descriptor, 32).decode("ascii", "replace")
    except OSError:
        return True, None
    finally:
        os.close(descriptor)
    try:
        return line.endswith("\n"), int(line)
    except ValueError:
        return line.endswith("\n"), None


def _path(directory: str) -> str:
    return os.path.join(directory, NAME)
