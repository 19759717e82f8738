"""SIGKILL for an idle worker, which holds the queue's lock: the pool hangs. A lock of ours would hang others too."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    pool = context.Pool(1)
    print(pool.apply(abs, (-1,)))
    time.sleep(0.3)  # until it waits for the next one with the lock in its hand
    os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
    try:
        print(pool.apply_async(abs, (-2,)).get(1.0))
    except multiprocessing.TimeoutError:
        print("hangs")
    sys.stdout.flush()
    os._exit(3)


if __name__ == "__main__":
    main()
