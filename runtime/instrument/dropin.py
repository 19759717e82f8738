"""The standard classes under our name: used like theirs, they begin the observation."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import multiprocessing.pool
import multiprocessing.process
from collections.abc import Callable, Iterable, Mapping
from concurrent import futures
from typing import Any

from procscope.runtime.instrument import boot

__all__ = ["Pool", "Process", "ProcessPoolExecutor", "ThreadPool", "ThreadPoolExecutor", "get_context"]


class Process(multiprocessing.Process):
    """multiprocessing.Process."""

    def __init__(
        self, group: None = None, target: Callable[..., object] | None = None, name: str | None = None,
        args: Iterable[Any] = (), kwargs: Mapping[str, Any] = {}, *, daemon: bool | None = None,
    ) -> None:  # fmt: skip
        boot.instrument()
        super().__init__(group, target, name, args, kwargs, daemon=daemon)


def Pool(
    processes: int | None = None, initializer: Callable[..., object] | None = None, initargs: Iterable[Any] = (),
    maxtasksperchild: int | None = None,
) -> multiprocessing.pool.Pool:  # fmt: skip
    """multiprocessing.Pool."""
    boot.instrument()
    return multiprocessing.Pool(processes, initializer, initargs, maxtasksperchild)


def get_context(method: str | None = None) -> multiprocessing.context.BaseContext:
    """multiprocessing.get_context."""
    boot.instrument()
    return multiprocessing.get_context(method)


class ThreadPool(multiprocessing.pool.ThreadPool):
    """multiprocessing.pool.ThreadPool."""

    def __init__(
        self, processes: int | None = None, initializer: Callable[..., object] | None = None,
        initargs: Iterable[Any] = (),
    ) -> None:  # fmt: skip
        boot.instrument()
        super().__init__(processes, initializer, initargs)


class ProcessPoolExecutor(futures.ProcessPoolExecutor):
    """concurrent.futures.ProcessPoolExecutor."""

    def __init__(self, *args: Any, **options: Any) -> None:
        boot.instrument()
        super().__init__(*args, **options)


class ThreadPoolExecutor(futures.ThreadPoolExecutor):
    """concurrent.futures.ThreadPoolExecutor."""

    def __init__(self, *args: Any, **options: Any) -> None:
        boot.instrument()
        super().__init__(*args, **options)


_PAIRS = (
    (futures.ProcessPoolExecutor, ProcessPoolExecutor),
    (futures.ThreadPoolExecutor, ThreadPoolExecutor),
)
for _theirs, _ours in _PAIRS:
    setattr(_ours.__init__, "__wrapped__", _theirs.__init__)  # noqa: B010  signature() shows theirs
