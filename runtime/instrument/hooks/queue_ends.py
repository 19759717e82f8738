"""The two ends of a queue: the semaphore that those who put wait for, and the read lock that those who get wait for.

Both are tried first without a word: only who must wait is told and timed. What is made here hangs on the queue's locks
and refers to the ends of its pipe but never to the queue, which would no longer be collected when the program drops it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Wait
from procscope.runtime.instrument import boards, grips, patches, wires
from procscope.runtime.instrument.wires import RECEIVING, Wire
from procscope.runtime.journal import board_layout as layout

GROUP = "queues"
_ITEMS_IN = layout.ITEMS_IN
_GET, _PUT = int(Wait.GET), int(Wait.PUT)
_NUMBERS = (int, float, type(None))


def reading(lock: Any, reader: Any) -> None:
    """`lock` is the read lock of the queue whose pipe's end is `reader`."""
    take = lock._semlock.acquire

    def acquire(block: Any = True, timeout: Any = None) -> Any:
        if block is True and timeout is None and take(False):
            return True
        try:
            return _waited(take, block, timeout, reader, _GET)
        except BaseException as error:
            _bare(error)
            raise

    grips.silence(lock, acquire)


def putting(semaphore: Any, wire: Wire, writer: Any) -> None:
    """`semaphore` holds the free places of the queue whose pipe's end is `writer`: who acquires one puts an item."""
    take = semaphore._semlock.acquire

    def acquire(block: Any = True, timeout: Any = None) -> Any:
        if block is not True or timeout is not None or not take(False):
            try:
                got = _waited(take, block, timeout, writer, _PUT)
            except BaseException as error:
                _bare(error)
                raise
            if not got:
                return got
        words = wire.words
        if words is not None:
            wire.put = words[_ITEMS_IN] = wire.put + 1
        else:
            _count(writer, _put)
        return True

    grips.silence(semaphore, acquire)


def _put(wire: Wire) -> None:
    wire.put = wire.words[_ITEMS_IN] = wire.put + 1


def _done(wire: Wire) -> None:
    wire.words[layout.TASKS_DONE] += 1


def done(queue: Any) -> None:
    """task_done() of a JoinableQueue returned."""
    _count(queue._reader, _done)


def unsent(original: Any, wire: Wire) -> Any:
    """The feeder's error handler: what could not be sent was put, and never was in the queue."""

    def _on_queue_feeder_error(e: BaseException, obj: Any) -> Any:
        words = wire.words
        if words is not None:
            wire.put = words[_ITEMS_IN] = max(wire.put - 1, 0)
            words[layout.FOREIGN] += 1
        return original(e, obj)

    return _on_queue_feeder_error


def _count(end: Any, act: Callable[[Wire], None]) -> None:
    wire = known(end)
    try:
        if wire is not None:
            act(wire)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def known(end: Any) -> Wire | None:
    """What this process counts of the queue with that end, in its row from now on if it was not before."""
    try:
        wire: Wire | None = vars(end).get("_procscope")
        if wire is None or wire.quiet:
            return None
        if wire.words is None:
            wire = end._procscope = wires.bound(wire, end._handle)
        return wire if not wire.quiet else None
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return None


def _waited(take: Any, block: Any, timeout: Any, end: Any, what: int) -> Any:
    """Acquire as the standard method does, which tries before it waits; tell it if it has to."""
    if type(block) not in (bool, int) or type(timeout) not in _NUMBERS:
        return take(block, timeout)
    if take(False):
        return True
    if not block or (timeout is not None and timeout <= 0):
        return take(block, timeout)
    begun = begin(end, what)
    try:
        return take(block, timeout)
    finally:
        over(end, begun)


def _bare(error: BaseException) -> None:
    """The standard method has no frames: take ours, two calls deep, from what it raised."""
    outer = error.__traceback__
    inner = outer.tb_next if outer is not None else None
    error.__traceback__ = inner.tb_next if inner is not None else None


def begin(end: Any, what: int) -> tuple[int, bool]:
    """This thread is about to wait for the queue with that end: since when, and whether it has said so."""
    wire = known(end)
    try:
        return mono_ns(), wire is not None and boards.wait_begin(wire.row.uid, what, boards.site())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return 0, False


def over(end: Any, begun: tuple[int, bool]) -> None:
    """It waits no more."""
    wire = known(end)
    try:
        boards.wait_over(begun[1])
        if wire is not None and begun[0]:
            wire.blocked(mono_ns() - begun[0])
    except Exception as error:
        if patches.fault(GROUP, error):
            raise


def polling(original: Any, reader: Any) -> Any:
    """`_poll` of a queue: get() with a timeout waits in it, holding the read lock."""

    def poll(timeout: Any = 0.0) -> Any:
        wire = known(reader) if timeout != 0.0 else None
        if wire is None:
            return original(timeout)
        since = _receives(wire)
        try:
            return original(timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            _received(wire, since)

    return poll


def _receives(wire: Wire) -> int:
    try:
        since = wire.words[RECEIVING] = mono_ns()
        return since
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return 0


def _received(wire: Wire, since: int) -> None:
    try:
        wire.words[RECEIVING] = 0
        if since:
            wire.blocked(mono_ns() - since)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
