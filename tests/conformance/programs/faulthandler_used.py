"""The program's own faulthandler: enabled, dumped, timed. A second registration by us would redirect or drop it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import tempfile
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def crash(path: str) -> None:
    with open(path, "w") as file:
        faulthandler.enable(file)
        os.kill(os.getpid(), signal.SIGSEGV)


def main() -> None:
    print(faulthandler.is_enabled())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "dump")
        child = context.Process(target=crash, args=(path,))
        child.start()
        child.join()
        with open(path) as dump:
            print(child.exitcode, dump.readline().strip())
        with open(path, "w") as file:
            faulthandler.dump_traceback(file, all_threads=False)
        with open(path) as dump:
            print([line.split(" in ")[-1].strip() for line in dump][1:])
    faulthandler.register(signal.SIGUSR1, file=sys.stderr, all_threads=False)
    os.kill(os.getpid(), signal.SIGUSR1)
    faulthandler.unregister(signal.SIGUSR1)


if __name__ == "__main__":
    main()
