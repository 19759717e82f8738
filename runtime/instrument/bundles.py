"""Calls that a library hands over several at a time as one: joblib's batches. Each call in one is an item of ours.

The parent numbers them (one batch of ours for each function of one Parallel call), the worker counts them as it does
those of a chunk. `kinds` is empty until the library is imported, so that asking for a type costs next to nothing.
"""

from __future__ import annotations

import itertools
from _thread import _local
from typing import Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import BatchSubmitted
from procscope.runtime.instrument import capture, facts, names, recorder
from procscope.runtime.instrument.chunk import Chunk

kinds: dict[type, Any] = {}
"""The type of what is submitted → a function from one to the object whose `items` are (func, args, kwds)."""
failures: set[type] = set()
"""Types of results that stand for an exception, which is their `exc`."""
_NAMED = 3
_numbers = itertools.count(-(1 << 30), -1)
"""Below every number that a pool gives its own batches."""


class Batch:
    """The calls of one function (or of one mix of functions) in one Parallel call, as far as they were submitted."""

    __slots__ = ("fed", "name", "number", "pool", "size")

    def __init__(self, pool: int, name: str, size: int) -> None:
        self.pool = pool
        self.name = name
        self.size = size
        self.number = next(_numbers)
        self.fed = 0

    def tell(self, total: int) -> None:
        """Write what is known; `total` is -1 until all are submitted."""
        facts.rich(BatchSubmitted(mono_ns(), self.pool, self.number, self.name, "Parallel", total, self.size))


class Call:
    """One Parallel call: its batches by pool and name."""

    def __init__(self) -> None:
        self._batches: dict[tuple[int, str], Batch] = {}

    def batch(self, pool: int, name: str, size: int) -> Batch:
        """The batch of that name, told when it is new."""
        batch = self._batches.get((pool, name))
        if batch is None:
            batch = self._batches[pool, name] = Batch(pool, name, size)
            batch.tell(-1)
        return batch

    def over(self) -> None:
        """No more will be submitted: the totals are known."""
        for batch in self._batches.values():
            batch.tell(batch.fed)
        self._batches.clear()


class _Submitting(_local):
    """The Parallel call whose batch this thread is about to submit."""

    call: Call | None = None


submitting = _Submitting()


class Calls(Chunk):
    """A chunk whose items are calls: (func, args, kwds)."""

    __slots__ = ()

    def args(self, offset: int) -> str:
        """A preview of one call's arguments."""
        if not recorder.limits().preview or not 0 <= offset < len(self.items):
            return ""
        func, args, kwds = self.items[offset]
        return capture.call(args, kwds, names.of(_plain(func))[1])


def submitted(pool: int, number: int, func: Any) -> bool:
    """Tell a bundle that is about to be submitted as `number`; False if it is not known what it belongs to."""
    call, submitting.call = submitting.call, None
    items = kinds[type(func)](func).items
    if call is None or not items:
        return False
    batch = call.batch(pool, _name(items), len(items))
    recorder.region().chunk_submitted(mono_ns(), pool, number, batch.number, batch.fed, len(items))
    batch.fed += len(items)
    return True


def taken(pool: int, number: int, func: Any) -> Calls:
    """A bundle that a worker has got: its calls are counted as they are pulled."""
    holder = kinds[type(func)](func)
    items = tuple(holder.items)
    calls = Calls(pool, number, -1, items, _plain(items[0][0]), True)
    if len(items) > 1:
        holder.items = calls.counted()
    return calls


def _plain(func: Any) -> Any:
    """The function that scikit-learn hands on in an object which carries its configuration along."""
    kind = type(func)
    if kind.__name__ == "_FuncWrapper" and names.module_of(kind) == "sklearn.utils.parallel":
        return func.function
    return func


def _name(items: Any) -> str:
    """What the bundle's functions are called: one name, or a few if it mixes them."""
    found: list[str] = []
    for func, _, _ in items:
        name = names.of(_plain(func))[0]
        if name not in found:
            found.append(name)
    return ", ".join(found[:_NAMED]) + (f", … {len(found)} functions" if len(found) > _NAMED else "")
