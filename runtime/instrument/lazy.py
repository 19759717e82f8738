"""Hooks that wait for the modules they belong to: start-up imports nothing of multiprocessing."""

from __future__ import annotations

import sys

from procscope.runtime import thrown
from procscope.runtime.instrument import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any

    Hook = Callable[[ModuleType], None]


class Finder:
    """Stands first in sys.meta_path until every module it waits for was seen."""

    def __init__(self, hooks: dict[str, Hook]) -> None:
        self._hooks = hooks

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """The spec the other finders give, its loader made to call our hook once the module has run."""
        if name not in self._hooks:
            return None
        for finder in [finder for finder in sys.meta_path if finder is not self]:
            try:
                find = finder.find_spec
            except AttributeError:
                continue
            spec = find(name, path, target)
            if spec is not None:
                self._attach(name, spec.loader)
                return spec
        return None

    def _attach(self, name: str, loader: Any) -> None:
        """A loader without room for attributes: the module goes unobserved, never unimported."""
        try:
            execute = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                try:  # noqa: SIM105  contextlib would be imported into every interpreter that starts
                    del loader.exec_module
                except AttributeError:
                    pass
                execute(module)
                self._seen(name, module)

            loader.exec_module = exec_module
        except Exception as error:
            if thrown.by_program(error):
                raise
            recorder.not_observed(name, f"its loader could not be watched: {type(error).__name__}")

    def _seen(self, name: str, module: ModuleType) -> None:
        try:
            hook = self._hooks.pop(name, None)
            if not self._hooks:
                self.leave()
            if hook is not None:
                hook(module)
        except Exception as error:
            if thrown.by_program(error):
                raise
            recorder.not_observed(name, f"it could not be hooked: {type(error).__name__}")

    def leave(self) -> None:
        """Go out of the way of later imports."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)


def install(hooks: dict[str, Hook]) -> Finder:
    """Call each hook with its module: at once where that is imported already, else when it is."""
    waiting = dict(hooks)
    for name, hook in hooks.items():
        module = sys.modules.get(name)
        if module is not None and not _still_running(module):
            del waiting[name]
            hook(module)
    finder = Finder(waiting)
    if waiting:
        sys.meta_path.insert(0, finder)
    return finder


def _still_running(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))
