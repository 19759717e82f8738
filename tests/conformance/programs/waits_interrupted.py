"""Ctrl-C while one waits: for a lock, a semaphore, a condition, an event, a queue, a pipe, a child.

The line that waits is what people look for in that traceback. Frames of ours stood between it and the reader.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

context: Any = multiprocessing.get_context(sys.argv[1])


def asleep() -> bool:
    with open(f"/proc/self/task/{os.getpid()}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "S"


def interrupt(waits: threading.Event) -> None:
    """Once the main thread, which said that it is about to wait, has been asleep for a while."""
    waits.wait()
    seen = 0
    while seen < 10:
        seen = seen + 1 if asleep() else 0
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


def told(name: str, call: Callable[[], Any]) -> None:
    waits = threading.Event()
    thread = threading.Thread(target=interrupt, args=(waits,))
    thread.start()
    try:
        waits.set()
        call()
    except KeyboardInterrupt:
        print(name, file=sys.stderr)
        traceback.print_exc()
    thread.join()


def enter(lock: Any) -> None:
    with lock:
        print("never")


def main() -> None:
    lock, semaphore, condition, event = context.Lock(), context.Semaphore(0), context.Condition(), context.Event()
    queue, simple, (reader, _writer) = context.Queue(1), context.SimpleQueue(), context.Pipe(False)
    child = context.Process(target=time.sleep, args=(60,), daemon=True)
    child.start()
    lock.acquire()
    told("acquire", lock.acquire)
    told("acquire with a timeout", lambda: lock.acquire(True, 30))
    told("with", lambda: enter(lock))
    told("semaphore", semaphore.acquire)
    with condition:
        told("condition", condition.wait)
    told("event", event.wait)
    told("get", queue.get)
    told("get with a timeout", lambda: queue.get(timeout=30))
    told("get of a SimpleQueue", simple.get)
    told("recv", reader.recv)
    queue.put(1)
    told("put", lambda: queue.put(2))
    told("join", child.join)
    print(queue.get(), lock.acquire(False), child.is_alive())


if __name__ == "__main__":
    main()
