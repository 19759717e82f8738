"""multiprocessing.queues: Queue, JoinableQueue and SimpleQueue, whose pipes the hooks of connections count.

What passes is counted where the pipe is written and read; here the queue's ends learn what they belong to, and those
who wait for its locks are told. The locks are nobody's business: who receives holds the one, who sends the other.
"""

from __future__ import annotations

from typing import Any

from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, grips, patches, recorder, wires
from procscope.runtime.instrument.grips import making
from procscope.runtime.instrument.hooks import connections, queue_ends, sync_condition
from procscope.runtime.instrument.hooks.connections import Users
from procscope.runtime.instrument.wires import Wire
from procscope.runtime.journal import board_layout as layout

GROUP = "queues"
_EXIT = "the end of the process, which waits until what was put is sent"


def install(module: Any) -> None:
    """Patch multiprocessing.queues, or a module like it."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    for queue in (module.Queue, module.SimpleQueue, module.JoinableQueue):
        patches.replace(GROUP, queue, "__init__", _init)
        patches.replace(GROUP, queue, "__setstate__", _setstate)
    patches.replace(GROUP, module.Queue, "_reset", _reset)
    patches.replace(GROUP, module.Queue, "_start_thread", _start_thread)
    patches.replace(GROUP, module.Queue, "_finalize_join", _finalize_join)
    patches.replace(GROUP, module.JoinableQueue, "task_done", _task_done)
    patches.replace(GROUP, module.JoinableQueue, "join", _join)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded; nothing while nothing is observed."""
    if recorder.run and GROUP not in patches.off:
        try:
            act(*args)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **options: Any) -> None:
        try:
            with making:
                original(self, *args, **options)
        except BaseException as error:
            patches.hide(error)
            raise
        if not making.depth:
            told(_made, self)

    return __init__


def _made(queue: Any) -> None:
    _attach(queue)
    if connections.user((".queues", ".context")) is not Users.PROGRAM:
        wires.lay(queue, wires.NOBODY)  # a pool may say later that it is one of its own
        return
    size = getattr(queue, "_maxsize", 0)
    bounded = size if type(size) is int and size < 1 << 30 else 0
    wires.lay(queue, wires.born(queue._reader._procscope, queue._reader._handle, bounded))


def _setstate(original: Any) -> Any:
    def __setstate__(self: Any, state: Any) -> None:
        original(self, state)
        told(_attach, self)

    return __setstate__


def _attach(queue: Any) -> None:
    """The ends of a queue are one wire, and its locks are silent."""
    kind = wires.kind_of(queue)
    wire = vars(queue._reader).get("_procscope")
    if wire is None:
        wire = Wire(kind, layout.ITEMS_IN if kind == Primitive.SIMPLE_QUEUE else layout.CALLS)
        wires.lay(queue, wire)
    if queue._wlock is not None:
        grips.silence(queue._wlock)
    queue_ends.reading(queue._rlock, queue._reader)
    if hasattr(queue, "_sem"):
        queue_ends.putting(queue._sem, wire, queue._writer)
    if hasattr(queue, "_cond"):
        sync_condition.silence(queue._cond)
        grips.silence(queue._unfinished_tasks)


def _reset(original: Any) -> Any:
    def _reset(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        told(_polling, self)

    return _reset


def _polling(queue: Any) -> None:
    queue._poll = queue_ends.polling(queue._poll, queue._reader)


def _start_thread(original: Any) -> Any:
    def _start_thread(self: Any) -> None:
        wire = before = None
        try:
            wire = wires.of(self)
            before = vars(self).get("_on_queue_feeder_error")
            if wire is not None and not wire.quiet:
                self._on_queue_feeder_error = queue_ends.unsent(self._on_queue_feeder_error, wire)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        try:
            original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            told(_fed, self, wire, before)

    return _start_thread


def _fed(queue: Any, wire: Wire | None, before: Any) -> None:
    """The thread has the handler of its errors; one that stayed would keep the queue from being collected."""
    if before is not None:
        queue._on_queue_feeder_error = before
    else:
        vars(queue).pop("_on_queue_feeder_error", None)
    if wire is not None and queue._thread is not None:
        queue._thread._procscope_wire = wire


def _finalize_join(original: Any) -> Any:
    def _finalize_join(twr: Any) -> None:
        begun = False
        try:
            thread = twr()
            wire = vars(thread).get("_procscope_wire") if thread is not None and thread.is_alive() else None
            if wire is not None and wire.row is not None:
                begun = boards.wait_begin(wire.row.uid, Wait.JOIN, boards.site() or _EXIT)
            del thread
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        try:
            original(twr)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            told(boards.wait_over, begun)

    return _finalize_join


def _task_done(original: Any) -> Any:
    def task_done(self: Any) -> None:
        try:
            original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        told(queue_ends.done, self)

    return task_done


def _join(original: Any) -> Any:
    def join(self: Any) -> None:
        _, begun = queue_ends.begin(self._reader, Wait.JOIN)
        try:
            original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            told(boards.wait_over, begun)

    return join
