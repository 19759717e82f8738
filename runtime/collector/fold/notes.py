"""What a pool's row keeps for the collector that comes after this one: JSON of what no other row says.

[ends, came, batches]
ends     [number, chunk, task_id, finished_us, func_id, received, items, batch_id]: chunks whose results are on the way
came     [number, chunk, arrived_us, size]: results that arrived before the end of their chunk was told
batches  [batch_id, presumed, presumed_state, [begin, end, ...]]: which items of an unfinished batch have ended
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from procscope.runtime.collector.fold.arrivals import Ended

if TYPE_CHECKING:
    from procscope.runtime.collector.fold.state import Batch, Pool

KEPT = 500
"""So many of each kind are noted, and so many runs of a batch's items."""


def note(pool: Pool) -> str | None:
    """The text for its row, None where there is nothing to keep."""
    ends = [
        [*key, known.task_id, known.finished_us, known.func_id, known.received, known.items, known.batch.id]
        for key, known in _newest(pool.chunk_ends)
        if known.batch is not None
    ]
    came = [[*key, *half] for key, half in _newest(pool.chunk_arrivals)]
    came += [[number, -1, *half] for number, half in _newest(pool.arrived) if number not in pool.rows]
    batches = [_batch(batch) for _, batch in _newest(pool.batches) if _is_half_done(batch)]
    return json.dumps([ends, came, batches], separators=(",", ":")) if ends or came or batches else None


def _newest(kept: dict[Any, Any]) -> list[tuple[Any, Any]]:
    return list(islice(reversed(kept.items()), KEPT))


def _is_half_done(batch: Batch) -> bool:
    """Whether something of it has ended, and something has not or may turn out not to have."""
    half = bool(batch.closed and batch.open) or bool(batch.presumed)
    return half and not batch.itemised and batch.ended.runs <= KEPT


def _batch(batch: Batch) -> list[Any]:
    return [batch.id, batch.presumed, batch.presumed_state, batch.ended.flat()]


def batch_ids(text: str | None) -> set[int]:
    """Ids of the batches that a note is about."""
    ends, _, batches = _read(text)
    return {row[7] for row in ends} | {row[0] for row in batches}


def _read(text: str | None) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(text) if text else []
    return [*found, [], [], []][:3]


def restore(pool: Pool, text: str | None, batches: dict[int, Batch]) -> None:
    """Put back what `note` kept."""
    pool.restored = True
    ends, came, half_done = _read(text)
    for number, chunk, task_id, finished_us, func_id, received, items, batch_id in ends:
        if batch_id in batches:
            known = Ended(-1, task_id, finished_us, func_id, received, items, batches[batch_id])
            pool.chunk_ends[number, chunk] = known
    for number, chunk, at_us, size in came:
        if chunk < 0 and number not in pool.chunks:
            pool.arrived[number] = (at_us, size)
        else:
            pool.chunk_arrivals[number, chunk] = (at_us, size)
    for batch_id, presumed, state, ended in half_done:
        batch = batches.get(batch_id)
        if batch is not None:
            batch.presumed, batch.presumed_state = presumed, state
            for first, end in zip(ended[::2], ended[1::2], strict=True):
                batch.ended.add(first, end - first)
