"""See what Python worker processes are doing.

`instrument()` observes this program from here on. `Process`, `Pool`, `ThreadPool`, `ProcessPoolExecutor`,
`ThreadPoolExecutor` and `get_context` are the standard ones, and begin the observation when first used.
`wrap(executor)` observes any other `concurrent.futures.Executor`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from procscope.runtime.instrument.dropin import (
        Pool,
        Process,
        ProcessPoolExecutor,
        ThreadPool,
        ThreadPoolExecutor,
        get_context,
    )

    E = TypeVar("E")

__all__ = [
    "Pool", "Process", "ProcessPoolExecutor", "ThreadPool", "ThreadPoolExecutor", "get_context", "instrument", "wrap",
]  # fmt: skip


def instrument() -> None:
    """Observe this process and all it starts from now on. Idempotent; nothing with PROCSCOPE_DISABLE=1."""
    from procscope.runtime.instrument import boot

    boot.instrument()


def wrap(executor: E) -> E:
    """The same executor, its submissions and their ends recorded; what runs where is not known of it.

    For a `concurrent.futures.Executor` that procscope does not know (those it does are returned as they are).
    Begins the observation like `instrument()`. Raises TypeError for what has no `submit`.
    """
    from procscope.runtime.instrument import boot, wrapped

    boot.instrument()
    found: E = wrapped.wrap(executor)
    return found


def __getattr__(name: str) -> object:
    # Importing the package happens in every interpreter that starts: multiprocessing waits until it is asked for.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from procscope.runtime.instrument import dropin

    found = globals()[name] = getattr(dropin, name)
    return found
