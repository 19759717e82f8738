"""Processes that a library starts to run worker code of its own, which no hook of ours knows (pebble, mpire, torch).

What they do is not known here: they are no tasks, and nothing is counted for them.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from procscope.runtime.instrument import names, source

_DEEPEST = 40
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_PLUMBING = tuple(f"{copy}.{module}" for copy in ("multiprocess", "billiard") for module in ("process", "context"))
"""Of copies of multiprocessing: they lie between a library and the process it starts, as multiprocessing's own do."""


def library(function: Any) -> str:
    """The installed package that `function` is of, if that package (not the program) starts a process with it, or ''.

    Called while the process is started.
    """
    found = _function(function)
    if found is None or not _installed(found.__code__):
        return ""
    package = _top(found.__module__)
    return package if package and _starter() == package and not _is_the_program(package) else ""


def _function(target: Any) -> FunctionType | None:
    for _ in range(4):
        if type(target) is FunctionType:
            return target
        if type(target) is MethodType:
            target = target.__func__
        elif type(target) is partial:
            target = target.func
        else:  # an object that can be called
            holders = (vars(kind) for kind in type(target).__mro__)
            target = next((holder["__call__"] for holder in holders if "__call__" in holder), None)
    return None


def _installed(code: CodeType) -> bool:
    file = code.co_filename
    inside = any(folder in file for folder in source.LIBRARIES)
    return inside and not file.startswith(source.HERE)


def _top(module: Any) -> str:
    return module.partition(".")[0] if type(module) is str else ""


def _starter() -> str:
    """The package of the code that called start(); of the program's own, ''."""
    frame: Any = sys._getframe(1)
    for _ in range(_DEEPEST):
        if frame is None:
            break
        file = frame.f_code.co_filename
        module = frame.f_globals.get("__name__")
        standard = file.startswith((_STANDARD, "<frozen ")) and not _installed(frame.f_code)
        if not standard and not file.startswith(source.HERE) and module not in _PLUMBING:
            return _top(module) if _installed(frame.f_code) else ""
        frame = frame.f_back
    return ""


def _is_the_program(package: str) -> bool:
    """Whether the program is that package, run by -m or by the command that it installs."""
    main: Any = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return _top(getattr(spec, "name", "")) == package
    file = getattr(main, "__file__", None)
    if type(file) is not str or os.path.dirname(file) != os.path.dirname(sys.executable):
        return False
    return any(_home(value) == package for value in list(vars(main).values()))


def _home(value: Any) -> str:
    """The package that a function, class or module of the main module comes from."""
    if type(value) is FunctionType:
        return _top(value.__module__)
    if type(value) is type:
        return _top(names.module_of(value))
    return _top(vars(value).get("__name__")) if type(value) is ModuleType else ""
