"""What a callable is called, and which of its positional parameters hold secrets; no code of the program runs."""

from __future__ import annotations

from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

from procscope.runtime.instrument import plainly, recorder, scrub

_PROGRAM = ("__main__", "__mp_main__")
_MOST = 1024
_LONGEST = 400
module_of = type.__dict__["__module__"].__get__
_qualname_of = type.__dict__["__qualname__"].__get__
_plans: dict[int, tuple[CodeType, str, str, str, tuple[int, ...]]] = {}


def of(function: Any) -> tuple[str, tuple[int, ...]]:
    """(qualified name, positions of secret parameters). The program's own module is left out of the name."""
    if type(function) is not FunctionType:
        return _of_other(function)
    code = function.__code__
    plan = _plans.get(id(code))
    if plan is not None and plan[1] is function.__qualname__ and plan[2] is function.__module__:
        return plan[3], plan[4]
    return _learn(function, code)


def of_type(kind: type) -> str:
    """The qualified name of a class, as tracebacks spell it."""
    module = module_of(kind)
    name: str = _qualname_of(kind)
    return name if type(module) is not str or module in (*_PROGRAM, "builtins") else f"{module}.{name}"


def _learn(function: FunctionType, code: CodeType) -> tuple[str, tuple[int, ...]]:
    """The plan holds the code, so that its id stays its own; functions that share one code take turns."""
    if len(_plans) >= _MOST:
        _plans.clear()
    module, qualname = function.__module__, function.__qualname__
    plain = plainly.text(qualname)[:_LONGEST]
    name = f"{module}.{plain}" if type(module) is str and module not in _PROGRAM else plain
    positions = secret_positions(_innermost(function))
    _plans[id(code)] = (code, qualname, module, name, positions)
    return name, positions


def _innermost(function: FunctionType) -> FunctionType:
    """Through functools.wraps, whose wrapper takes what the wrapped function takes."""
    for _ in range(8):
        wrapped = function.__dict__.get("__wrapped__")
        if type(wrapped) is not FunctionType:
            break
        function = wrapped
    return function


def secret_positions(function: FunctionType) -> tuple[int, ...]:
    """Which positional arguments of `function` are bound to names that mean secrets."""
    code = function.__code__
    more = recorder.limits().secret_names
    return tuple(
        at for at, name in enumerate(code.co_varnames[: code.co_argcount]) if scrub.is_secret(name) or name in more
    )


def _of_other(function: Any) -> tuple[str, tuple[int, ...]]:
    kind = type(function)
    if kind is partial:
        name, positions = of(function.func)
        shift = len(function.args)
        return name, tuple(at - shift for at in positions if at >= shift)
    if kind is MethodType:
        name, positions = of(function.__func__)
        return name, tuple(at - 1 for at in positions if at)
    if kind is BuiltinFunctionType:
        module = function.__module__
        return (f"{module}.{function.__qualname__}" if type(module) is str else function.__qualname__), ()
    if issubclass(kind, type):
        return of_type(function), ()
    return of_type(kind), ()
