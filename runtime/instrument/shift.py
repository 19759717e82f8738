"""A worker's loop as seen through the two queues it works between: a call is got, its result is put."""

from __future__ import annotations

from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Raised, TaskFailed, WorkerRetired
from procscope.runtime.instrument import capture, facts, identity, names, recorder
from procscope.runtime.instrument.chunk import Chunk
from procscope.runtime.instrument.queues import Passage


class Shift:
    """Of one thread. Only one call is under way at a time; nothing of it is kept after its end."""

    __slots__ = (
        "_args", "_kwds", "_region", "busy", "calls", "chunk", "done", "func", "idle", "number", "passage",
        "pool", "reason", "receiving", "sending", "spent", "started", "thread",
    )  # fmt: skip

    def __init__(self, pool: int, thread: str = "") -> None:
        self.pool = pool
        self.thread = thread
        self.done = 0
        self.busy = False
        self.reason = "exception"
        self.chunk: Chunk | None = None
        self.number = -1
        self.started = 0
        self.func: Any = None
        self._args: Any = None
        self._kwds: Any = None
        self.passage = Passage()
        self.calls = self.spent = self.idle = self.receiving = self.sending = 0
        self._region = recorder.region()

    def between(self) -> None:
        """The calls come through a pipe: say from now on what the time between them goes to."""
        self._region.clocks(0, 0, 0, 0, self.passage.since, 0)

    def begin(self, number: int, func: Any, args: Any, kwds: Any) -> None:
        """A call of its own was got."""
        self.number, self.func, self._args, self._kwds = number, func, args, kwds
        self.busy = True
        self.started = now = mono_ns()
        recorder.region().slot_begin(self.pool, number, -1, now)

    def begin_chunk(self, chunk: Chunk) -> None:
        """A chunk was got; its items tell of themselves."""
        chunk.thread = self.thread
        chunk.bytes = self.passage.size
        self.started = chunk.started
        self.chunk = chunk
        self.number = chunk.number
        self.busy = True
        recorder.region().slot_begin(self.pool, chunk.number, chunk.place, chunk.started)

    def succeeded(self) -> None:
        """The call returned: told before its result is put."""
        self.passage.ended = now = mono_ns()
        self._region = region = recorder.region()
        self.busy = False
        self.done += 1
        if self.chunk is None:
            # 2 is State.SUCCEEDED.
            region.task_ran(self.pool, self.number, self.started, now, 2, self.thread, self.passage.size)
            self.func = self._args = self._kwds = None
        else:
            self.chunk.succeeded()
            self.chunk = None
        region.slot_clear()

    def failed(self, raised: Raised) -> None:
        """The call, or an item of the chunk, raised: told before its result is put."""
        self.passage.ended = now = mono_ns()
        self._region = region = recorder.region()
        self.busy = False
        self.done += 1
        chunk = self.chunk
        if chunk is None:
            preview = capture.call(self._args, self._kwds, names.of(self.func)[1]) if recorder.limits().preview else ""
            region.rich(TaskFailed(self.pool, self.number, -1, -1, self.started, now, preview, raised))
            region.task_ran(self.pool, self.number, self.started, now, facts.FAILED, self.thread, self.passage.size)
            self.func = self._args = self._kwds = None
        else:
            offset, began = chunk.running()
            where = (self.pool, self.number, chunk.place, offset)
            region.rich(TaskFailed(*where, began, now, chunk.args(offset), raised))
            chunk.failed(now)
            self.chunk = None
        region.slot_clear()

    def sent(self) -> None:
        """Its result is on its way: what the time since the last one went to."""
        passage = self.passage
        came = passage.at
        if not came:
            return
        now, ended, started = mono_ns(), passage.ended, self.started
        self.calls = calls = self.calls + 1
        self.spent = spent = self.spent + ended - started
        self.idle = idle = self.idle + came - passage.since
        self.receiving = receiving = self.receiving + started - came
        self.sending = sending = self.sending + now - ended
        passage.since = now
        self._region.clocks(spent, idle, sending, receiving, now, calls)

    def result_lost(self, error: BaseException) -> None:
        """The result could not be sent."""
        facts.result_failed(self.pool, self.number, "result", error)

    def over(self) -> None:
        """The loop ended; a call under way stays in the slot, which outlives the worker."""
        if self.busy and self.chunk is not None:
            self.chunk.broken_off()
        self.passage.over()
        rich = WorkerRetired(mono_ns(), identity.me().process, self.pool, self.reason, self.done, self.thread)
        recorder.region().rich(rich)
