"""Whose exception is it that comes out of our code: our own failure, or one that the program threw in?

Whatever runs in the program may be interrupted anywhere: by a signal handler or a trace function that raises, by an
exception set from another thread. Those are the program's and go on their way. What a call of ours raised is ours, also
where code of the program took part that would not have run without us: an audit hook, an `open` of its own.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_SITES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
_module_of = type.__dict__["__module__"].__get__


def by_program(error: BaseException) -> bool:
    """Whether the program threw `error`, caught by us, into our code. Looks at frames and types, runs nothing."""
    before: FrameType | None = None
    foreign = False
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if _is_foreign(frame.f_code.co_filename):
            foreign = True
            if before is not None and _was_given(frame, before):
                return True
        before = frame
        trace = trace.tb_next
    return not foreign and not _is_known(type(error))


def _is_foreign(file: str) -> bool:
    library = file.startswith(_STANDARD) and not any(site in file for site in _SITES)
    return not (library or file.startswith((_OURS, "<frozen ")))


def _was_given(frame: FrameType, interrupted: FrameType) -> bool:
    """Signal handlers and trace functions are called with the frame that they interrupt."""
    code, values = frame.f_code, frame.f_locals
    for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + 2]:
        value = values.get(name)
        if value is interrupted or (type(value) is tuple and any(each is interrupted for each in value)):
            return True
    return False


def _is_known(kind: type) -> bool:
    """Whether something other than the program raises such exceptions."""
    module = _module_of(kind)
    top = module.partition(".")[0] if type(module) is str else ""
    return top in sys.stdlib_module_names or top == "procscope"
