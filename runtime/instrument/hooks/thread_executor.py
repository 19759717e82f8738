"""ThreadPoolExecutor: importing it patches one method; the rest waits for the first executor."""

from __future__ import annotations

from procscope.runtime.instrument import patches, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GROUP = "thread executor"
_rest: list[Any] = []


def install(module: Any) -> None:
    """Patch concurrent.futures.thread."""
    _rest.append(module)
    patches.replace(GROUP, module.ThreadPoolExecutor, "__init__", _made)


def _made(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **options: Any) -> None:
        try:
            original(self, *args, **options)
        except BaseException as error:
            patches.hide(error)
            raise
        if not recorder.run:
            return
        try:
            from procscope.runtime.instrument.hooks import thread_work

            if _rest:
                thread_work.install(_rest.pop())
            thread_work.opened(self, options.get("initializer", args[2] if len(args) > 2 else None))
        except Exception as error:
            if patches.fault(GROUP, error):
                raise

    return __init__
