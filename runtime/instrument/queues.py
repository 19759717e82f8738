"""What a worker's loop is given in the place of its queues: the same queues, and we see what passes.

The queue's own methods work on a stand-in with the queue's attributes, so that what they raise has the frames that it
has without us. Its locks are bare: who receives holds the one, who sends the other, and says so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.instrument import bare, patches
from procscope.runtime.instrument.wires import RECEIVING, SENDING

GROUP = "transfer"


class Watched:
    """Everything of `queue`, but what is replaced."""

    def __init__(self, queue: Any, **replaced: Any) -> None:
        self._procscope_queue = queue
        vars(self).update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._procscope_queue, name)


class Passage(bare.Bared):
    """Of one worker: `at` is when the last call was there, before it was unpickled; `size` its bytes, -1 if not known.

    `since` is what is told while it receives: since when it waits. `ended` while it sends: when its task ended.
    """

    __slots__ = ("at", "ended", "since", "size")

    def __init__(self) -> None:
        super().__init__()
        self.size = -1
        self.at = self.ended = 0
        self.since = mono_ns()

    def getting(self, queue: Any, words: Any) -> Callable[..., Any]:
        """`get` of the queue of calls; its row's `words` say that this worker receives."""
        if not hasattr(queue, "_reader") or type(method := getattr(type(queue), "get", None)) is not FunctionType:
            return queue.get  # type: ignore[no-any-return]
        reader = queue._reader
        self.bare(reader)
        received = self._received(reader.recv_bytes, words)
        ends = {"_reader": Watched(reader, recv_bytes=received), "_recv_bytes": received}
        return MethodType(method, Watched(queue, **{**vars(queue), **ends, "_rlock": bare.lock(queue._rlock)}))

    def putting(self, queue: Any, words: Any) -> Callable[..., Any]:
        """`put` of the queue of results."""
        if not hasattr(queue, "_writer") or type(method := getattr(type(queue), "put", None)) is not FunctionType:
            return queue.put  # type: ignore[no-any-return]
        writer = queue._writer
        self.bare(writer)
        end = Watched(writer, send_bytes=self._sending(writer.send_bytes, words))
        return MethodType(method, Watched(queue, **{**vars(queue), "_writer": end, "_wlock": bare.lock(queue._wlock)}))

    def _received(self, plain: Any, words: Any) -> Any:
        def recv_bytes(*args: Any) -> Any:
            words[RECEIVING] = self.since
            try:
                data = plain(*args)
            except BaseException as error:
                words[RECEIVING] = 0
                patches.hide(error)
                raise
            words[RECEIVING] = 0
            try:
                self.at = mono_ns()
                self.size = len(data)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
            return data

        return recv_bytes

    def _sending(self, plain: Any, words: Any) -> Any:
        def send_bytes(*args: Any) -> None:
            words[SENDING] = self.ended
            try:
                plain(*args)
            except BaseException as error:
                words[SENDING] = 0
                patches.hide(error)
                raise
            words[SENDING] = 0

        return send_bytes


class Arrivals(bare.Bared):
    """What a parent receives from its queue of results: `size` is that of the last message, -1 if it is not known."""

    __slots__ = ("size",)

    def __init__(self, queue: Any, *others: Any) -> None:
        """Watch the reader of `queue`, and let other connections of the pool's pass the hooks by, until `over`."""
        super().__init__()
        self.size = -1
        reader: Any = getattr(queue, "_reader", None)
        for end in (reader, *others):
            if hasattr(end, "_recv_bytes"):
                self.bare(end)
        if hasattr(reader, "_recv_bytes"):
            reader._recv_bytes = self._buffer(reader._recv_bytes)

    def _buffer(self, plain: Any) -> Any:
        def _recv_bytes(*args: Any) -> Any:
            try:
                buffer = plain(*args)
            except BaseException as error:
                patches.hide(error)
                raise
            try:
                self.size = buffer.tell()
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
            return buffer

        return _recv_bytes
