"""The daemon: takes the lock first, loads the rest of the house after, and turns until there is nothing to do.

Whoever starts a collector waits for the lock only: SQLAlchemy's imports take longer than they should wait.
"""

from __future__ import annotations

import gc
import signal
import time
from types import FrameType
from typing import TYPE_CHECKING

from procscope.runtime import clock
from procscope.runtime.collector.lock import Lock
from procscope.runtime.errors import StoreError
from procscope.runtime.settings import Settings

if TYPE_CHECKING:
    from procscope.runtime.collector.daemon import Collector

SLOWEST_TICK = 0.3
SHARE = 10
"""Turns may take one part in so many of one CPU, unless there is a backlog."""


def run(settings: Settings, idle_exit: bool) -> None:
    """Collect until SIGTERM or SIGINT, or, with `idle_exit`, until no run was live for `settings.collector_idle`.

    Raises SpoolError where the spool cannot be used or has a collector, StoreError where the database cannot be
    used; with `idle_exit` it waits for the database instead.
    """
    lock = Lock(settings.spool)
    try:
        collector = _opened(settings, lock, patient=idle_exit)
        _prepare()
        _until_over(collector, idle_exit)
    finally:
        lock.close()


def _opened(settings: Settings, lock: Lock, *, patient: bool) -> Collector:
    lock.tell(clock.wall_ns(), 0)
    from procscope.runtime.collector.daemon import Collector

    started, pause, give_up = clock.wall_ns(), 0.2, time.monotonic() + 10 * settings.collector_idle
    while True:
        try:
            return Collector(settings, lock)
        except StoreError as error:
            if not patient or time.monotonic() > give_up:
                raise
            lock.tell(started, 0, str(error))
            time.sleep(pause)
            pause = min(5.0, pause * 2)


def _until_over(collector: Collector, idle_exit: bool) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        collector.stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    idle_since = time.monotonic()
    try:
        while not collector.stopping:
            began, worked = time.monotonic(), time.process_time()
            _turn(collector)
            if collector.followers:
                idle_since = time.monotonic()
            elif idle_exit and time.monotonic() - idle_since > collector.settings.collector_idle:
                break
            _rest(collector, time.monotonic() - began, time.process_time() - worked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        collector.close()


def _turn(collector: Collector) -> None:
    """One turn; whatever goes wrong in it, the next begins from what the database holds."""
    try:
        collector.turn()
    except Exception as error:
        collector.failed(error)
        _report(error)
        pause = 0.2
        while not collector.stopping:
            try:
                return collector.reset()
            except StoreError as again:
                collector.failed(again)
                time.sleep(pause)
                pause = min(5.0, pause * 2)


def _report(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)  # standard error is the log file of the state directory


def _rest(collector: Collector, took: float, worked: float) -> None:
    if collector.behind or collector.stopping:
        return
    collector.tidy()
    time.sleep(min(SLOWEST_TICK, max(collector.settings.collector_tick - took, worked * SHARE, 0.005)))


def _prepare() -> None:
    gc.freeze()
    gc.disable()
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard > 0 else soft, hard))
    except (ImportError, ValueError, OSError):
        pass
