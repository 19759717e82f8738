"""Children with stderr closed, stderr None, stdin None. Whoever prints there brings the child down."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def silent(how: str) -> None:
    if how == "closed":
        sys.stderr.close()
    elif how == "none":
        sys.stderr = None
    elif how == "descriptor":
        os.close(2)
    elif how == "stdout":
        sys.stdout = None
    if how != "stdin":
        raise ValueError(how)
    print(sys.stdin is None or sys.stdin.read())


def main() -> None:
    for how in ("closed", "none", "descriptor", "stdout", "stdin"):
        child = context.Process(target=silent, args=(how,))
        child.start()
        child.join()
        print(how, child.exitcode, flush=True)
    sys.stdin = None
    child = context.Process(target=silent, args=("stdin",))
    child.start()
    child.join()
    print(child.exitcode)


if __name__ == "__main__":
    main()
