"""queue.Queue where it goes from one thread to another: until a second one comes to it, it is only counted in memory.

Queues that the standard library makes for itself are not looked at. Counts need no lock: each is one step of the
interpreter. queue.SimpleQueue is written in C and cannot be watched.
"""

from __future__ import annotations

import sys
import threading
from _thread import get_ident
from typing import Any
from weakref import WeakSet

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Primitive, Wait
from procscope.runtime.instrument import boards, calls, identity, patches, recorder, source
from procscope.runtime.journal import board_layout as layout

GROUP = "thread queues"
_KIND = int(Primitive.THREAD_QUEUE)


class Flow:
    """What passed through one queue. `words` is None as long as one thread only has used it."""

    __slots__ = ("__weakref__", "_unshared", "done", "got", "name", "put", "row", "site", "size", "thread", "words")

    def __init__(self, frame: Any, size: int) -> None:
        self.site = calls.at(frame) if frame is not None else ""
        self.name = calls.target(source.line_of(frame.f_code.co_filename, frame.f_lineno or 0)) if frame else ""
        self.size = size
        self.thread = get_ident()
        self.forget()

    def forget(self) -> None:
        """In a child of fork it is another queue."""
        self.put = self.got = self.done = 0
        self.row: Any = None
        self.words: Any = None
        self._unshared = [None]

    def shared(self) -> None:
        """A second thread has come to it. Where several see that at once, one of them tells it."""
        try:
            self._unshared.pop()
        except IndexError:
            return
        try:
            self.row = row = boards.born(identity.new_uid(), _KIND, name=self.name, site=self.site, size=self.size)
        except BaseException:
            self._unshared.append(None)
            raise
        self.words = words = row.words
        # After that: whoever counts from now on writes it too, and what was counted before is here.
        words[layout.ITEMS_IN], words[layout.ITEMS_OUT], words[layout.TASKS_DONE] = self.put, self.got, self.done


class Watched(threading.Condition):
    """A queue's condition, whose waits are told: nobody waits for it who need not."""

    _procscope: tuple[Flow, int]

    def wait(self, timeout: float | None = None) -> bool:
        """See threading.Condition."""
        begun = _begin(self)
        try:
            return super().wait(timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        finally:
            told(_over, self, begun)


Watched.__name__ = Watched.__qualname__ = "Condition"
Watched.__module__ = "threading"
_flows: WeakSet[Flow] = WeakSet()


def install(module: Any) -> None:
    """Patch queue.Queue, of which the other queues are kinds."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    patches.replace(GROUP, module.Queue, "__init__", _init)
    patches.replace(GROUP, module.Queue, "put", _put)
    patches.replace(GROUP, module.Queue, "get", _get)
    patches.replace(GROUP, module.Queue, "task_done", _task_done)


def told(act: Any, *args: Any) -> None:
    """Do something of ours, guarded; nothing while nothing is observed."""
    if recorder.run and GROUP not in patches.off:
        try:
            act(*args)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _init(original: Any) -> Any:
    def __init__(self: Any, maxsize: Any = 0) -> None:
        original(self, maxsize)
        told(_made, self)

    return __init__


def _made(queue: Any) -> None:
    frame: Any = sys._getframe(3)
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is queue:
        frame = frame.f_back  # a subclass's
    module = str(frame.f_globals.get("__name__", "")) if frame is not None else ""
    if module.partition(".")[0] in sys.stdlib_module_names and module != "__main__":
        return
    flow = Flow(frame, queue.maxsize if type(queue.maxsize) is int and queue.maxsize > 0 else 0)
    _flows.add(flow)
    for condition, what in ((queue.not_empty, Wait.GET), (queue.not_full, Wait.PUT), (queue.all_tasks_done, Wait.JOIN)):
        if type(condition) is threading.Condition:
            vars(condition)["_procscope"] = (flow, int(what))
            condition.__class__ = Watched
    queue._procscope = flow


def _put(original: Any) -> Any:
    def put(self: Any, item: Any, block: Any = True, timeout: Any = None) -> None:
        try:
            original(self, item, block, timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        try:
            flow = vars(self).get("_procscope")
            if flow is not None:
                flow.put = n = flow.put + 1
                if flow.words is not None:
                    flow.words[layout.ITEMS_IN] = n
                elif flow.thread != get_ident():
                    told(flow.shared)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return put


def _get(original: Any) -> Any:
    def get(self: Any, block: Any = True, timeout: Any = None) -> Any:
        try:
            item = original(self, block, timeout)
        except BaseException as error:
            patches.hide(error)
            raise
        try:
            flow = vars(self).get("_procscope")
            if flow is not None:
                flow.got = n = flow.got + 1
                if flow.words is not None:
                    flow.words[layout.ITEMS_OUT] = n
                elif flow.thread != get_ident():
                    told(flow.shared)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return item

    return get


def _task_done(original: Any) -> Any:
    def task_done(self: Any) -> None:
        try:
            original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        told(_done, self)

    return task_done


def _done(queue: Any) -> None:
    flow = vars(queue).get("_procscope")
    if flow is not None:
        flow.done = n = flow.done + 1
        if flow.words is not None:
            flow.words[layout.TASKS_DONE] = n


def _begin(condition: Watched) -> tuple[int, bool]:
    """Since when this thread waits, and whether it has said so."""
    try:
        flow, what = condition._procscope
        if flow.words is None and flow.thread != get_ident():
            flow.shared()
        since = mono_ns()
        return since, flow.row is not None and boards.wait_begin(flow.row.uid, what, boards.site())
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
        return 0, False


def _over(condition: Watched, begun: tuple[int, bool]) -> None:
    boards.wait_over(begun[1])
    flow = condition._procscope[0]
    if flow.row is not None and begun[0]:
        took = mono_ns() - begun[0]
        flow.words[layout.CONTENDED] += 1
        flow.words[layout.BLOCKED_NS] += took
        flow.row.waited(took)


def _forked() -> None:
    for flow in list(_flows):
        flow.forget()
        flow.thread = get_ident()


recorder.after_fork.append(_forked)
