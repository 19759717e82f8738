"""Methods replaced in place, by group, so that a group can be put back as it was when our own code fails."""

from __future__ import annotations

from procscope.runtime import thrown
from procscope.runtime.instrument import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MARK = "__procscope__"
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


def plain(owner: Any, name: str) -> Any:
    """`owner.name` as it is without us; None where there is no such attribute."""
    function = getattr(owner, name, None)
    return getattr(function, "__wrapped__", function) if getattr(function, MARK, False) else function


def add(group: str, owner: Any, name: str, wrapper: Any) -> None:
    """Give class `owner` a method that it inherits, or lacks; switching the group off takes it away."""
    if not getattr(vars(owner).get(name), MARK, False):
        inherited = getattr(owner, name, None)
        if inherited is not None:
            dress(wrapper, inherited)
        setattr(wrapper, MARK, True)
        setattr(owner, name, wrapper)
        _replaced.setdefault(group, []).append((owner, name, None, wrapper))


def dress(wrapper: Any, function: Any) -> None:
    """Make `wrapper` look like `function`, to pickle (by qualified name), to help() and to signature()."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, name, getattr(function, name))
    setattr(wrapper, "__wrapped__", function)  # noqa: B010  mypy knows no such attribute
    setattr(wrapper, MARK, True)


def hide(error: BaseException) -> None:
    """Take the frame of the hook that caught `error` out of its traceback; a bare `raise` must follow.

    Up to Python 3.10 such a raise puts it back: there a frame of ours cannot be hidden.
    """
    trace = error.__traceback__
    if trace is not None:
        error.__traceback__ = trace.tb_next


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
        if vars(owner).get(name) is not fresh:
            continue
        if plain is None:
            delattr(owner, name)
        else:
            setattr(owner, name, plain)
    del replaced[kept:]


def fault(group: str, error: BaseException) -> bool:
    """Deal with what our own code raised: count it, tell it, switch the group off. Raises only what is the program's.

    True if it is not ours to keep, since the program threw it in while our code ran: raise it then.
    """
    try:
        if thrown.by_program(error):
            return True
        passing = isinstance(error, (RecursionError, MemoryError))
        if not passing:
            switch_off(group)
        recorder.hook_failed()
        if not passing:
            recorder.our_fault(group, error)
    except Exception as another:
        _not_told(group, error, another)
    return False


def _not_told(group: str, error: BaseException, another: Exception) -> None:
    """Our code failed again while it dealt with `error`: `recorder` tells both when it can."""
    if thrown.by_program(another):
        another.__context__ = None
        raise another
    if not isinstance(error, (RecursionError, MemoryError)):
        off.add(group)
        recorder.tell_later(group, error)
