"""What a child writes to standard error, its last bytes on its thread's page: read when it dies badly.

`sys.stderr` stays the object that it is; only its `write` is an attribute of the instance, in children alone. A stream
that the program put in its place is left as it is.
"""

from __future__ import annotations

import sys
from _thread import _local
from _weakref import ref
from typing import Any

from procscope.runtime.instrument import patches, recorder, scrub
from procscope.runtime.journal.layout import STDERR_MAX

GROUP = "last words"
_PIECE = 4 * STDERR_MAX


class _Tail(_local):
    """This thread's last whole lines, secrets hidden, and the line that is not whole yet."""

    lines = ""
    open = ""
    generation = -1


_tail = _Tail()


def watch() -> None:
    """Watch this process's standard error, and that of the children it forks."""
    try:
        stream: Any = sys.stderr
        if not recorder.limits().logs or type(stream).__module__ != "_io":
            return
        if "write" not in getattr(stream, "__dict__", ("write",)):
            stream.write = _watched(type(stream).write, ref(stream))
    except Exception as fault:
        if patches.fault(GROUP, fault):
            raise


def _watched(plain: Any, stream: Any) -> Any:
    # The stream is held weakly, or it would be part of a cycle and closed late.
    def write(text: Any, /) -> Any:
        try:
            written = plain(stream(), text)
        except BaseException as error:
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise
        try:
            if type(text) is str and GROUP not in patches.off:
                _keep(text[-_PIECE:])
        except Exception as fault:
            if patches.fault(GROUP, fault):
                raise
        return written

    return write


def _keep(text: str) -> None:
    if not recorder.run:
        return
    if _tail.generation != recorder.generation():
        _tail.lines, _tail.open, _tail.generation = "", "", recorder.generation()
    whole, newline, rest = (_tail.open + text).rpartition("\n")
    if newline:
        _tail.lines = (_tail.lines + scrub.text(whole) + newline)[-STDERR_MAX:]
    _tail.open = rest[-_PIECE:]
    region = recorder.region()
    region.last_words((_tail.lines + scrub.text(_tail.open)).encode("utf-8", "backslashreplace"))
