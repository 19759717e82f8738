"""Starting a process that is nobody's child: own session, no terminal, no inherited descriptors.

An interpreter in between does the second fork, so that no fork handler of the calling program runs and its own
`waitpid(-1)`, once this returns, never sees a child of ours. Imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence

_SOURCE = """
import json, os, sys
command, log = json.loads(sys.argv[1])
os.setsid()
if os.fork():
    os._exit(0)
os.chdir("/")
null = os.open(os.devnull, os.O_RDWR)
try:
    errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
except OSError:
    errors = null
for source, target in ((null, 0), (null, 1), (errors, 2)):
    os.dup2(source, target)
os.closerange(3, 65536)
os.execv(command[0], command)
"""


def detached(command: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    """Start `command` (its first word an absolute path) with stdin and stdout at /dev/null and stderr appended to
    `log`. Raises OSError where not even the interpreter in between can be started."""
    words = [sys.executable, "-I", "-S", "-c", _SOURCE, json.dumps([list(command), log])]
    pid = os.posix_spawn(sys.executable, words, dict(environment))
    with contextlib.suppress(ChildProcessError):  # the program may reap all its children itself
        os.waitpid(pid, 0)
