"""What comes through a pipe: the size of each message, and when it was there, before it is unpickled.

A queue or its reader is watched through an attribute of the instance, which does not travel when the queue is pickled.
It is put back when the loop ends: the attribute makes a cycle, which would close the reader's descriptor late.
"""

from __future__ import annotations

from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.instrument import patches

GROUP = "transfer"


class Passage:
    """Of one reader: `size` in bytes of what was read last (-1: nothing was), `at` when."""

    __slots__ = ("_undo", "at", "size")

    def __init__(self) -> None:
        self.size = -1
        self.at = 0
        self._undo: Any = None

    def of_calls(self, queue: Any) -> None:
        """Watch what a worker reads from `queue`: a Queue kept its reader's method, a SimpleQueue asks the reader."""
        if "_recv_bytes" in getattr(queue, "__dict__", ()):
            self._undo = (queue, "_recv_bytes", queue._recv_bytes)
            queue._recv_bytes = self._bytes(queue._recv_bytes)
        elif hasattr(queue, "_reader"):
            self._undo = (queue._reader, "recv_bytes", None)
            queue._reader.recv_bytes = self._bytes(queue._reader.recv_bytes)

    def of_results(self, queue: Any) -> None:
        """Watch what a parent receives from `queue`, whose reader's `recv` asks for a buffer."""
        reader: Any = getattr(queue, "_reader", None)
        if hasattr(reader, "_recv_bytes"):
            self._undo = (reader, "_recv_bytes", None)
            reader._recv_bytes = self._buffer(reader._recv_bytes)

    def over(self) -> None:
        """Watch no longer."""
        undo, self._undo = self._undo, None
        if undo is None:
            return
        thing, name, plain = undo
        if plain is not None:
            setattr(thing, name, plain)
        else:
            vars(thing).pop(name, None)

    def _bytes(self, plain: Any) -> Any:
        def recv_bytes(*args: Any) -> Any:
            data = plain(*args)
            try:
                self.at = mono_ns()
                self.size = len(data)
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
            return data

        return recv_bytes

    def _buffer(self, plain: Any) -> Any:
        def _recv_bytes(*args: Any) -> Any:
            buffer = plain(*args)
            try:
                self.size = buffer.tell()
            except Exception as error:
                if patches.fault(GROUP, error):
                    raise
            return buffer

        return _recv_bytes
