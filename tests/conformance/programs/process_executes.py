"""A child that becomes another program, and one that starts one. Our start-up must not reach a foreign interpreter."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def become() -> None:
    os.execv("/bin/sh", ["sh", "-c", "echo from a shell; exit 3"])


def call() -> None:
    code = "import sys; print('multiprocessing' in sys.modules, sys.argv, len(sys.path) > 0, sys.flags.isolated)"
    for options in ([], ["-I"], ["-S"], ["-E", "-s"]):
        print(
            subprocess.run([sys.executable, *options, "-c", code, "x"], capture_output=True, text=True).stdout, end=""
        )


def main() -> None:
    for target in (become, call):
        child = context.Process(target=target)
        child.start()
        child.join()
        print(child.exitcode, flush=True)


if __name__ == "__main__":
    main()
