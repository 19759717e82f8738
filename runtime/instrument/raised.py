"""An exception as a value: type, message, frames with their source, and what it came from, all bounded.

Nothing of the program runs: attributes are read past its classes, and a message is asked of builtin types only.
"""

from __future__ import annotations

import builtins
from types import CodeType, TracebackType
from typing import Any

from procscope.runtime.events import Frame, Raised
from procscope.runtime.instrument import capture, names, scrub
from procscope.runtime.instrument.source import HERE, is_ours, line_of

_MESSAGE = 2000
_FRAMES = 40
_CHAIN = 12
_GROUP = 8
_cause_of = BaseException.__dict__["__cause__"].__get__
_context_of = BaseException.__dict__["__context__"].__get__
_trace_of = BaseException.__dict__["__traceback__"].__get__
_quiet = BaseException.__dict__["__suppress_context__"].__get__
_args_of = BaseException.__dict__["args"].__get__
_Group: Any = getattr(builtins, "BaseExceptionGroup", None)
_SHOWN = [
    (kind, [kind.__dict__[name].__get__ for name in names_ if name in kind.__dict__])
    for kind, names_ in (
        (OSError, ("filename", "filename2", "strerror", "errno")),
        (SyntaxError, ("filename", "msg", "lineno")),
        (ImportError, ("msg",)),
        (UnicodeError, ()),
    )
]
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


def of(error: BaseException, trace: TracebackType | None = None) -> Raised:
    """`error` with its causes; `trace` where its own traceback was taken from it already."""
    return _Unfolding().raised(error, "", trace)


class _Unfolding:
    """One walk through a chain: each exception once, no more than _CHAIN of them."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def raised(self, error: BaseException, link: str, trace: TracebackType | None = None) -> Raised:
        self._seen.add(id(error))
        frames = _frames(trace if trace is not None else _trace_of(error))
        return Raised(names.of_type(type(error)), message(error), frames, tuple(self._causes(error)), link)

    def _causes(self, error: BaseException) -> list[Raised]:
        found: list[tuple[BaseException, str]] = []
        cause, context = _cause_of(error), _context_of(error)
        if cause is not None:
            found.append((cause, "cause"))
        elif context is not None and not _quiet(error):
            found.append((context, "context"))
        if _Group is not None and issubclass(type(error), _Group):
            inner = _Group.__dict__["exceptions"].__get__(error)
            found += [(each, "group") for each in inner[:_GROUP]]
        return [
            self.raised(each, link) for each, link in found if id(each) not in self._seen and len(self._seen) < _CHAIN
        ]


def message(error: BaseException) -> str:
    """What the exception says: by a builtin `__str__` over plain arguments, else its arguments as a preview."""
    args = _args_of(error)
    plain = all(type(arg) in _PLAIN for arg in args[:20])
    if len(args) == 1 and type(args[0]) is str and not issubclass(type(error), KeyError):
        said = args[0]
    elif plain and len(args) < 20 and _says_by_builtin(type(error)) and _plain_attributes(error) and _small(args):
        said = str(error)
    else:
        said = capture.call(args, None) if args else ""
    return capture.cut(scrub.text(said[: _MESSAGE + 80]), _MESSAGE)


def _says_by_builtin(kind: type) -> bool:
    for each in kind.__mro__:
        if "__str__" in each.__dict__:
            return bool(names.module_of(each) == "builtins")
    return False


def _plain_attributes(error: BaseException) -> bool:
    """OSError and SyntaxError put attributes into their text, which the program may have set to anything."""
    return all(
        type(read(error)) in _PLAIN for kind, readers in _SHOWN if issubclass(type(error), kind) for read in readers
    )


def _small(args: tuple[Any, ...]) -> bool:
    return all(
        arg.bit_length() <= 4096 if type(arg) is int else not isinstance(arg, (str, bytes)) or len(arg) < 100_000
        for arg in args
    )


def _frames(trace: TracebackType | None) -> tuple[Frame, ...]:
    """Outermost first; of a deep stack the outer fourth and the inner rest."""
    found: list[tuple[CodeType, int | None]] = []
    while trace is not None and len(found) < 2000:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith(HERE):
            found.append((code, trace.tb_lineno))
        trace = trace.tb_next
    if len(found) > _FRAMES:
        found = found[: _FRAMES // 4] + found[-_FRAMES * 3 // 4 :]
    return tuple(_frame(code, line or 0) for code, line in found)


def _frame(code: CodeType, line: int) -> Frame:
    file = code.co_filename
    return Frame(file[:400], line, _func(code), line_of(file, line), is_ours(file))


def _func(code: Any) -> str:
    return str(getattr(code, "co_qualname", code.co_name))[:200]
