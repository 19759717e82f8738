"""SIGALRM and SIGINT in the main process while a pool works; KeyboardInterrupt out of map, uncaught."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    heard: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, frame: heard.append(number))
    with context.Pool(1) as pool:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        print(pool.apply(time.sleep, (0.4,)), heard)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            pool.apply_async(time.sleep, (20,)).get(15)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
