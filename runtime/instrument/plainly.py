"""Values of the program as plain text and numbers, read past whatever their classes define: no code of it runs."""

from __future__ import annotations

import threading
from typing import Any

name_of = type.__dict__["__name__"].__get__
"""The name of a class, whatever its metaclass says."""


def text(value: Any) -> str:
    """A str, one of a subclass as well; '' for anything else."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else ""


def whole(value: Any, otherwise: int = 0) -> int:
    """An int, one of a subclass or of numpy's as well; `otherwise` for anything else or beyond 64 bits."""
    kind = type(value)
    if issubclass(kind, int):
        value = int.__index__(value)
    elif type.__dict__["__module__"].__get__(kind) == "numpy" and name_of(kind).startswith(("int", "uint")):
        value = value.item()
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        return otherwise
    return value


def thread_name() -> str:
    """The current thread's; a thread class of the program may have a `name` of its own."""
    return text(vars(threading.current_thread()).get("_name"))
