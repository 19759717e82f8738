"""Which line of the program called into a library that we watch, and to what name it gave the result."""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

_MOST = 4096

_LIBRARIES = ("multiprocessing", "multiprocess", "concurrent", "threading", "queue", "contextlib", "weakref")
_TARGET = re.compile(r"((?:\w+\.)*[^\W\d]\w*(?:\[[^\]=]{1,40}\])?)\s*(?::[^=]+)?=(?!=)")
_AS = re.compile(r"\bas\s+((?:\w+\.)*[^\W\d]\w*)\s*:")
_inner: dict[str, bool] = {}
_sites: dict[tuple[int, int], tuple[CodeType, str]] = {}
_passed: dict[tuple[int, int], tuple[CodeType, str]] = {}
"""What `site_from` found at an instruction: its site, '' where it belongs to a library."""


def caller() -> FrameType | None:
    """The innermost frame that is neither ours nor of a library whose primitives we watch."""
    return outward(sys._getframe(1))


def outward(frame: FrameType | None) -> FrameType | None:
    """The first such frame from `frame` on outwards, None if there is none."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if type(module) is str and not is_inner(module) and not _is_made(frame):
            return frame
        frame = frame.f_back
    return None


def _is_made(frame: FrameType) -> bool:
    """Whether its code was made by `exec`, as dataclasses and the standard library do, and stands in no file; all the
    code of a program that was given by -c has that name."""
    return frame.f_code.co_filename == "<string>" and hasattr(sys.modules.get("__main__"), "__file__")


def is_inner(module: str) -> bool:
    """Whether a module of that name is ours or of such a library."""
    inner = _inner.get(module)
    return _learn(module) if inner is None else inner


def _learn(module: str) -> bool:
    if len(_inner) >= _MOST:
        _inner.clear()
    words = module.split(".")
    inner = _inner[module] = words[0] in _LIBRARIES or words[:2] in (["procscope", "runtime"], ["procscope", "cli"])
    return inner


def at(frame: FrameType) -> str:
    """ "file:line in function" of a frame, remembered by instruction."""
    code, instruction = frame.f_code, frame.f_lasti
    known = _sites.get((id(code), instruction))
    if known is not None and known[0] is code:
        return known[1]
    if len(_sites) >= _MOST:
        _sites.clear()
    text = f"{code.co_filename}:{frame.f_lineno} in {getattr(code, 'co_qualname', code.co_name)}"
    _sites[id(code), instruction] = (code, text)
    return text


def site() -> str:
    """Where the program called into the library: "file:line in function", "" if nobody of the program did."""
    return site_from(sys._getframe(1))


def site_from(frame: FrameType | None) -> str:
    """`site`, from `frame` on outwards: a look-up a frame."""
    while frame is not None:
        code = frame.f_code
        known = _passed.get((id(code), frame.f_lasti))
        text = known[1] if known is not None and known[0] is code else _pass(frame)
        if text:
            return text
        frame = frame.f_back
    return ""


def _pass(frame: FrameType) -> str:
    if len(_passed) >= _MOST:
        _passed.clear()
    text = at(frame) if outward(frame) is frame else ""
    _passed[id(frame.f_code), frame.f_lasti] = (frame.f_code, text)
    return text


def called() -> tuple[str, str]:
    """(name, site): the name is what the line at the site assigns to, as it is spelled; "" where it tells none."""
    frame = caller()
    if frame is None:
        return "", ""
    from procscope.runtime.instrument import source

    return target(source.line_of(frame.f_code.co_filename, frame.f_lineno or 0)), at(frame)


def target(line: str) -> str:
    """The name that a source line assigns to: `self.lock` of `self.lock = Lock()`; "" if it is none or several."""
    if ";" in line and len({target(part.strip()) for part in line.split(";") if part.strip()}) > 1:
        return ""
    found = _TARGET.match(line) or _AS.search(line)
    return found.group(1) if found else ""
