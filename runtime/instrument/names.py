"""What a callable is called, and which of its positional parameters hold secrets; no code of the program runs."""

from __future__ import annotations

from functools import partial
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
)
from typing import Any

from procscope.runtime.instrument import plainly, recorder, scrub

_PROGRAM = ("__main__", "__mp_main__")
_MOST = 1024
_LONGEST = 400
_WRITTEN_IN_C = (GetSetDescriptorType, MemberDescriptorType)
module_of = type.__dict__["__module__"].__get__
_mro_of = type.__dict__["__mro__"].__get__
_dict_of = type.__dict__["__dict__"].__get__
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
    own = _native(function, kind, "__dict__", {})
    wrapped = own.get("__wrapped__")
    if type(wrapped) is FunctionType:  # as functools.update_wrapper notes it: lru_cache, joblib's Memory, numpy
        name, positions = of(wrapped)
        return _spelled(own.get("__module__"), own.get("__qualname__")) or name, positions
    return _of_native(function, kind) or of_type(kind), ()


def _of_native(function: Any, kind: type) -> str:
    """The name of what is written in C ('' for anything else): methods of built-in types, numpy's ufuncs, Cython."""
    name = _native(function, kind, "__qualname__") or _native(function, kind, "__name__")
    module = _native(function, kind, "__module__")
    return _spelled(module or (module_of(kind) if type(name) is str and "." not in name else None), name)


def _spelled(module: Any, name: Any) -> str:
    if type(name) is not str:
        return ""
    return name if type(module) is not str or module in (*_PROGRAM, "builtins") else f"{module}.{name}"


def _native(item: Any, kind: type, name: str, otherwise: Any = None) -> Any:
    """An attribute that is read by a descriptor written in C, past whatever the class of `item` defines itself."""
    for base in _mro_of(kind):
        found = _dict_of(base).get(name)
        if found is not None:
            return found.__get__(item, kind) if type(found) in _WRITTEN_IN_C else otherwise
    return otherwise
