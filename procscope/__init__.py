"""See what Python worker processes are doing.

`instrument()` observes this program from here on. `Process`, `Pool`, `ThreadPool`, `ProcessPoolExecutor`,
`ThreadPoolExecutor` and `get_context` are the standard ones, and begin the observation when first used.
`wrap(executor)` observes any other `concurrent.futures.Executor`.

PYTEST_DONT_REWRITE: it is imported before pytest is, and asserts nothing.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

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
    "Pool", "Process", "ProcessPoolExecutor", "ThreadPool", "ThreadPoolExecutor", "get_context", "instrument",
    "progress", "wrap",
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


def progress(done: object, total: object = None, text: object = "") -> None:
    """Say how far the task of this thread is: `done` of `total` (None: nobody knows), with a word about it.

    For the program inside a task: it shows on the task's row. Costs some microseconds, writes no record, and never
    raises whatever it is given; does nothing outside a task and in a program that is not observed.
    """
    if "procscope.runtime.instrument.boot" not in sys.modules:
        return
    try:
        from procscope.runtime.instrument import progress as own

        own.tell(done, total, text)
    except Exception:
        return


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext procscope`: cells that begin with `%%procscope` say what their worker processes did."""
    from procscope.inside import magic

    magic.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext procscope`."""
    from procscope.inside import magic

    magic.unload(shell)


def __getattr__(name: str) -> object:
    # Importing the package happens in every interpreter that starts: multiprocessing waits until it is asked for.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from procscope.runtime.instrument import dropin

    found = globals()[name] = getattr(dropin, name)
    return found
