"""SIGTERM with a handler, SIGINT without, in a child. A handler of ours in between would swallow or double them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def handled(ready: Any) -> None:
    def handler(number: int, frame: object) -> None:
        print("handler", number, frame is not None, flush=True)
        sys.exit(5)

    signal.signal(signal.SIGTERM, handler)
    ready.set()
    time.sleep(60)


def interrupted(ready: Any) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ready.set()
        time.sleep(60)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        raise SystemExit(6) from None


def main() -> None:
    for target, number in ((handled, signal.SIGTERM), (interrupted, signal.SIGINT)):
        ready = context.Event()
        child = context.Process(target=target, args=(ready,))
        child.start()
        ready.wait(30)
        time.sleep(0.1)  # until it is out of set()
        os.kill(child.pid, number)
        child.join()
        print(child.exitcode, signal.getsignal(number) is signal.SIG_DFL)


if __name__ == "__main__":
    main()
