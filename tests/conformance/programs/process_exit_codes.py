"""Every way in which a child ends, as its parent sees it.

An observer's wait() that reaped first would turn codes to None.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def leave(how: str) -> None:
    if how == "value":
        sys.exit(3)
    elif how == "words":
        sys.exit("words")
    elif how == "none":
        sys.exit()
    elif how == "now":
        os._exit(9)
    elif how == "error":
        raise ValueError(how)
    elif how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "big":
        sys.exit(256 + 7)


def main() -> None:
    for how in ("return", "value", "words", "none", "now", "error", "killed", "big"):
        child = context.Process(target=leave, args=(how,), name=how)
        child.start()
        child.join()
        print(how, child.exitcode)


if __name__ == "__main__":
    main()
