"""Locks and connections that a library uses for itself, at the speed that they have without us.

What a pool does between its tasks is none of the program's locking and sending, and happens once a task or more.
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import Any

from procscope.runtime.instrument import patches

_ENDS = ("_send_bytes", "_recv_bytes")
_locks: dict[type, type] = {}


def connection(end: Any) -> None:
    """From now on the messages of `end` pass our hooks by, until `undo`: meanwhile it refers to itself.

    Does nothing with what is no connection of multiprocessing.
    """
    for name in _ENDS:
        method = patches.plain(type(end), name)
        if type(method) is FunctionType:
            vars(end)[name] = MethodType(method, end)


def undo(end: Any) -> None:
    """The hooks see `end` again."""
    for name in _ENDS:
        vars(end).pop(name, None)


class Bared:
    """Connections that pass the hooks by, until `over`: an attribute that refers to its connection would close the
    descriptor late."""

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        self._ends: list[Any] = []

    def bare(self, end: Any) -> None:
        """From now on `end` is one of them."""
        self._ends.append(end)
        connection(end)

    def over(self) -> None:
        """What they were needed for has ended."""
        while self._ends:
            undo(self._ends.pop())


def lock(original: Any) -> Any:
    """A stand-in for a lock of multiprocessing: the same semaphore, with the methods it has without us."""
    kind = type(original)
    if not hasattr(original, "_semlock"):
        return original
    if kind not in _locks:
        methods = {name: patches.plain(kind, name) for name in ("__enter__", "__exit__")}
        _locks[kind] = type(kind.__name__, (), methods)
    found = _locks[kind]()
    found._semlock = semlock = original._semlock
    found.acquire, found.release = semlock.acquire, semlock.release
    return found
