"""What one process did with one primitive, as a row: the sum over its threads, whole, so that it can come again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from procscope.runtime import sketch
from procscope.runtime.collector.fold.primitives import LARGEST, Words
from procscope.runtime.journal import board_layout as layout

_BUCKETS = tuple(sketch.bucket(layout.cell_ns(index)) for index in range(layout.CELLS))
_COUNTS = (
    layout.ACQUIRED, layout.RELEASED, layout.CONTENDED, layout.ITEMS_IN, layout.ITEMS_OUT, layout.BYTES_IN,
    layout.BYTES_OUT, layout.CALLS,
)  # fmt: skip
_TIMES = (layout.WAIT_NS, layout.BLOCKED_NS, layout.HOLD_NS)
_FURTHER = (layout.TASKS_DONE, layout.FOREIGN)


def use_row(
    primitive_id: int, process_id: int, run_id: int, shares: Iterable[tuple[Words, Words, Words]], at_us: int
) -> tuple[Any, ...]:
    """The row of `primitive_uses` (without rev) for the (words, waits, holds) of each thread."""
    sums = [0] * layout.WORDS
    waits: Counter[int] = Counter()
    holds: Counter[int] = Counter()
    for words, waited, held in shares:
        for word in (*_COUNTS, *_TIMES, *_FURTHER):
            sums[word] += words[word]
        _add(waits, waited)
        _add(holds, held)
    counts = [min(sums[word], LARGEST) for word in _COUNTS]
    times = [min(sums[word] // 1000, LARGEST) for word in _TIMES]
    further = [min(sums[word], LARGEST) for word in _FURTHER]
    return (primitive_id, process_id, run_id, *counts, *times, _json(waits), _json(holds), at_us, *further)


def _add(counts: Counter[int], cells: Words) -> None:
    if any(cells):
        for index, n in enumerate(cells):
            if n:
                counts[_BUCKETS[index]] += n


def _json(counts: Counter[int]) -> str | None:
    if not counts:
        return None
    return "[" + ",".join(f"[{bucket},{counts[bucket]}]" for bucket in sorted(counts)) + "]"
