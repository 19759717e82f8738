"""Threads that an exception ends: told where the interpreter is about to call threading.excepthook, left as it is."""

from __future__ import annotations

import sys
from _thread import get_ident

from procscope.runtime.instrument import patches, plainly, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "threads"
_told: dict[int, int] = {}


def install(module: ModuleType) -> None:
    """Patch what makes each thread its way to the hook. Threads made before this are not seen."""
    patches.replace(GROUP, module, "_make_invoke_excepthook", _make_invoke_excepthook)


def told(error: BaseException) -> None:
    """`error`, on its way out of this thread, was told already: as a worker's, or as that of a pool's own thread."""
    _told[get_ident()] = id(error)


def _make_invoke_excepthook(original: Any) -> Any:
    def _make_invoke_excepthook() -> Any:
        invoke = original()

        def invoke_excepthook(thread: Any) -> Any:
            _seen(thread)
            return invoke(thread)

        return invoke_excepthook

    return _make_invoke_excepthook


def _seen(thread: Any) -> None:
    try:
        error = sys.exc_info()[1]
        known = _told.pop(get_ident(), None) == id(error)
        # SystemExit is how a thread may leave: the standard hook is silent about it.
        if error is None or known or issubclass(type(error), SystemExit) or not recorder.run or GROUP in patches.off:
            return
        from procscope.runtime.instrument import facts

        state = vars(thread)
        facts.thread_failed(plainly.text(state.get("_name", "")), bool(state.get("_daemonic")), error)
    except Exception as fault:
        if patches.fault(GROUP, fault):
            raise
