"""os.fork below multiprocessing: children that exit, exec or use a pool, and waitpid(-1).

Nobody else's child may be reaped.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    print("before", flush=True)
    for how in ("exit", "now", "error", "pool"):
        pid = os.fork()
        if pid == 0:
            if how == "now":
                os._exit(7)
            if how == "error":
                raise ValueError("in a fork")
            if how == "pool":
                with context.Pool(1) as pool:
                    print(pool.map(abs, [-1]), flush=True)
            sys.exit(6)
        gone, status = os.waitpid(-1, 0)
        print(how, gone == pid, os.waitstatus_to_exitcode(status), flush=True)
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        print("none left")


if __name__ == "__main__":
    main()
