"""Methods replaced in place, by group, so that a group can be put back as it was when our own code fails."""

from __future__ import annotations

import os

from procscope.runtime.instrument import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

MARK = "__procscope__"
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_SITES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
_replaced: dict[str, list[tuple[Any, str, Any, Any]]] = {}
off: set[str] = set()
"""Groups that were switched off. Instance-level hooks look here; class-level ones are simply put back."""


def replace(group: str, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of `owner.name` (a class's or a module's own attribute), looking the same.

    Raises AttributeError where there is no such attribute: then the group is not observed.
    """
    plain = vars(owner).get(name)
    if plain is None:
        raise AttributeError(f"{owner.__name__} has no {name} of its own")
    function = getattr(plain, "__func__", plain)
    if getattr(function, MARK, False):
        return
    wrapper = make(function)
    dress(wrapper, function)
    fresh = type(plain)(wrapper) if isinstance(plain, (classmethod, staticmethod)) else wrapper
    setattr(owner, name, fresh)
    _replaced.setdefault(group, []).append((owner, name, plain, fresh))


def dress(wrapper: Any, function: Any) -> None:
    """Make `wrapper` look like `function`, to pickle (by qualified name), to help() and to signature()."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, name, getattr(function, name))
    setattr(wrapper, "__wrapped__", function)  # noqa: B010  mypy knows no such attribute
    setattr(wrapper, MARK, True)


def switch_off(group: str) -> None:
    """Put everything of `group` back, unless someone else has replaced it since."""
    off.add(group)
    undo(group, 0)


def count(group: str) -> int:
    """How many replacements of `group` are in place."""
    return len(_replaced.get(group, []))


def undo(group: str, kept: int) -> None:
    """Put back all of `group` but its first `kept`: what a second library under the same hooks could not have."""
    replaced = _replaced.get(group, [])
    for owner, name, plain, fresh in replaced[kept:]:
        if vars(owner).get(name) is fresh:
            setattr(owner, name, plain)
    del replaced[kept:]


def fault(group: str, error: BaseException) -> bool:
    """Deal with what our own code raised: count it, tell it, switch the group off.

    True if it is not ours to keep, since a signal handler of the program raised it while our code ran: raise it then.
    """
    try:
        if foreign(error.__traceback__):
            return True
        recorder.hook_failed()
        if not isinstance(error, (RecursionError, MemoryError)):
            switch_off(group)
            recorder.our_fault(group, error)
    except Exception:
        off.add(group)
    return False


def foreign(trace: TracebackType | None) -> bool:
    """Whether code that is neither ours nor the standard library's was running."""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        library = file.startswith(_STANDARD) and not any(site in file for site in _SITES)
        if not (library or file.startswith((_OURS, "<frozen "))):
            return True
        trace = trace.tb_next
    return False
