"""What a log record says, without asking anything of the program's: its arguments are shown by our own means.

Formatting it as logging does would call `__str__` and `__repr__` of the program's objects a second time.
"""

from __future__ import annotations

import re
from typing import Any

from procscope.runtime.instrument import capture, names, raised, scrub

MOST = 2048
"""Bytes of one message."""
A_TASK = 20
A_WHILE, WHILE_NS = 200, 10_000_000_000
"""So many records of one task, and of one process in so long a time, are kept; the others are counted."""
_PLAIN = (str, int, float, bool, type(None))
_WIDE = re.compile(r"%[^a-zA-Z%]*(?:\d{4,}|\*)")
"""A width that could make a message of any length."""


class _Lately:
    """How many records this process told of its present task and in the present while."""

    task: tuple[int, int, int, int] | None = None
    of_task = 0
    since = 0
    n = 0


def may(task: tuple[int, int, int, int] | None, now: int) -> bool:
    """Whether one more is kept at `now`; threads that meet here may let a few more through."""
    if now - _Lately.since > WHILE_NS:
        _Lately.since, _Lately.n = now, 0
    if task != _Lately.task:
        _Lately.task, _Lately.of_task = task, 0
    if _Lately.n >= A_WHILE or _Lately.of_task >= A_TASK:
        return False
    _Lately.n += 1
    _Lately.of_task += task is not None
    return True


def word(name: Any) -> str:
    """A name of at most 200 characters."""
    return name[:200] if type(name) is str else ""


def site(record: dict[str, Any]) -> str:
    """Where it was said: 'file:line in function'."""
    file, line, func = record.get("pathname"), record.get("lineno"), record.get("funcName")
    if type(file) is not str or type(line) is not int:
        return ""
    return f"{file[:400]}:{line}" + (f" in {func[:200]}" if type(func) is str else "")


def message(record: dict[str, Any]) -> str:
    """The message with its arguments, and the exception it came with; secrets hidden."""
    said = _formatted(record.get("msg"), record.get("args"))
    error = record.get("exc_info")
    if type(error) is tuple and len(error) == 3 and issubclass(type(error[1]), BaseException):
        what = f"{names.of_type(type(error[1]))}: {raised.message(error[1])}"
        said = f"{said[:MOST]}\n{what}" if said else what
    return capture.cut(scrub.text(said[: MOST + 80]), MOST)


def _formatted(template: Any, args: Any) -> str:
    if type(template) is not str:
        return capture.value(template, MOST)
    if not args or type(args) not in (tuple, dict):
        return template[: 2 * MOST]
    if len(template) <= MOST and not _WIDE.search(template):
        try:
            return str(template % _shown(args))
        except (TypeError, ValueError, KeyError, OverflowError):
            pass
    given = args if type(args) is tuple else (args,)
    return f"{template[:MOST]} ({capture.call(given[:20], None)})"


def _shown(args: Any) -> Any:
    if type(args) is dict:
        return {
            key: scrub.HIDDEN if type(key) is str and scrub.is_secret(key) else _plain(value)
            for key, value in list(args.items())[:50]
        }
    return tuple([_plain(value) for value in args[:50]])


class _Shown(str):
    """A text that stands for an object: the same for %s and for %r."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str.__str__(self)


def _plain(value: Any) -> Any:
    """The value itself where it is a small builtin one, else a text that stands for it."""
    if type(value) in _PLAIN and not (type(value) is int and value.bit_length() > 256):
        return value[:MOST] if type(value) is str else value
    if issubclass(type(value), BaseException):
        return _Shown(raised.message(value))
    return _Shown(capture.value(value, 512))
