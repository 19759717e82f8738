"""Threads that work while others fork: twenty of twenty children once hung in a lock of the observer's."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def main() -> None:
    stop = threading.Event()

    def busy() -> None:
        with ThreadPoolExecutor(1) as executor:
            while not stop.is_set():
                executor.submit(abs, -1).result()

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    codes = []
    for number in range(6):
        child = context.Process(target=sys.exit, args=(number,))
        child.start()
        child.join(30)
        codes.append(child.exitcode)
    stop.set()
    for thread in threads:
        thread.join()
    print(codes)
    while len(os.listdir("/proc/self/task")) > 1:  # one that was joined may not be gone: from 3.12 on fork() would warn
        time.sleep(0.01)
    pid = os.fork()
    if pid == 0:
        print("forked", threading.active_count(), flush=True)
        os._exit(0)
    print(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main()
