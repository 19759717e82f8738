"""multiprocessing and its namesakes: the same classes under another name, told from a process object."""

from __future__ import annotations

from typing import Any


def base(process: Any) -> Any:
    """The BaseProcess that `process` is one of: multiprocessing's (loky's too), or that of a library's own copy."""
    return next(kind for kind in reversed(type(process).__mro__) if "_bootstrap" in vars(kind))


def package(process: Any) -> str:
    """'multiprocessing', 'multiprocess', …: where the process's context and util are found."""
    return str(base(process).__module__).rpartition(".")[0]
