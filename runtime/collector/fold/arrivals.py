"""When results reached their parent: each is matched to the end of its task or chunk, whichever is told first.

What waits for its other half is kept by its pool: of tasks until a row says it, of chunks in the pool's own row (see
`notes`), so that a collector that dies in between neither loses an arrival nor counts one twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from procscope.runtime.collector.fold.rollups import MINUTE_US
from procscope.runtime.events import ChunkRan, Event, ResultArrived, State

if TYPE_CHECKING:
    from procscope.runtime.collector.fold.state import Batch, Pool, Run, Source, World

MOST = 20_000
"""So many halves a pool keeps of each kind; the oldest go."""
ARRIVED, RECEIVED, SENT = 17, 18, 19
"""Places of arrived_us, bytes_in and bytes_out in a row of `tasks`."""


class Ended(NamedTuple):
    """A task or chunk whose result has not arrived. `place` is that of row `task_id` among the rows of the transaction
    it ended in, `items` how many tasks it stands for."""

    place: int
    task_id: int
    finished_us: int
    func_id: int
    received: int
    items: int = 1
    batch: Batch | None = None


Arrived = tuple[int, int]
"""When a result arrived (µs) whose task's or chunk's end is not told yet, and its size, -1 where unknown."""


def arrived(source: Source, pool: Pool, events: Sequence[Event], start: int, stop: int) -> int:
    """Fold a streak of ResultArrived in `pool`; returns the index after it."""
    world, run = source.world, source.run
    ended, came, delta, at = pool.ended, pool.arrived, source.delta, start
    fresh, rows, came_now, uid = pool.fresh, pool.rows, pool.came_now.append, pool.uid
    chunked = bool(pool.chunks or pool.chunk_ends)
    for event in islice(events, start, stop):
        if type(event) is not ResultArrived or event[1] != uid:
            break
        when, _, number, chunk, size = event
        at += 1
        if chunk >= 0 or (chunked and (number in pool.chunks or (number, -1) in pool.chunk_ends)):
            _chunk_arrived(world, run, pool, (number, chunk), ((when + delta) // 1000, size))
            continue
        known = ended.pop(number, None)
        if known is not None:
            matched(world, run, pool, known, (when + delta) // 1000, size)
        elif number in fresh or number in rows or not _found(world, run, pool, number, when + delta, size):
            came[number] = ((when + delta) // 1000, size)
            came_now(number)
    bound(came)
    world.changes.pools.add(pool)
    return at


def _found(world: World, run: Run, pool: Pool, number: int, when: int, size: int) -> bool:
    """Whether its task ended before this collector began: then its row says so."""
    if not pool.restored:
        return False
    found = world.find(run.id, pool.id, number)
    if found is None or found.finished_us is None or found.state not in (State.SUCCEEDED, State.FAILED):
        return False
    if found.arrived_us is None:
        known = Ended(-1, found.id, found.finished_us, found.func_id, -1 if found.received is None else found.received)
        matched(world, run, pool, known, when // 1000, size)
    return True


def matched(world: World, run: Run, pool: Pool, known: Ended, at_us: int, size: int) -> None:
    """Both halves are there: the row has them, the rollups count them once."""
    changes = world.changes
    received = known.received if known.received >= 0 else None
    sent = size if size >= 0 else None
    transfer = max(0, at_us - known.finished_us)
    moved = changes.rollups.moved((known.finished_us // MINUTE_US, run.id, pool.id, known.func_id, _OF_ALL))
    moved[0] += known.items
    moved[1] += transfer
    moved[2] += received or 0
    moved[3] += sent or 0
    if known.batch is not None:
        _credit(world, known.batch, transfer, received or 0, sent or 0)
    if not known.task_id:
        return
    rows = changes.tasks
    if 0 <= known.place < len(rows) and rows[known.place][0] == known.task_id:
        row = rows[known.place]
        rows[known.place] = (*row[:ARRIVED], at_us, received, sent, *row[SENT + 1 :])
    else:
        changes.arrivals.append((at_us, received, sent, known.task_id))


_OF_ALL = int(State.SUCCEEDED)
"""Transfers are counted beside the succeeded ones, whatever became of the task: one that turns out to have failed
after all takes nothing along."""


def _credit(world: World, batch: Batch, transfer: int, received: int, sent: int) -> None:
    batch.arrived += 1
    batch.transfer_us += transfer
    batch.bytes_in += received
    batch.bytes_out += sent
    world.changes.batches.add(batch)


def closed(world: World, run: Run, pool: Pool, number: int, known: Ended) -> tuple[int | None, int | None]:
    """A task ended and got row `known`: (when its result arrived, its bytes) where that is told already."""
    came = pool.arrived.pop(number, None)
    if came is None:
        pool.ended[number] = known
        bound(pool.ended)
        return None, None
    matched(world, run, pool, known._replace(task_id=0), *came)
    return came[0], came[1] if came[1] >= 0 else None


def chunk_ended(source: Source, pool: Pool, batch: Batch, func_id: int, event: ChunkRan) -> None:
    """The last report of a chunk."""
    batch.chunks += 1
    if event.bytes < 0:
        return
    world = source.world
    items = event.first + event.succeeded + event.failed
    place, task_id = source.item_row if items == 1 else (-1, 0)
    known = Ended(place, task_id, source.us(event.ended), func_id, event.bytes, items, batch)
    key = (event.number, event.chunk)
    came = pool.chunk_arrivals.pop(key, None) or (pool.arrived.pop(event.number, None) if event.chunk < 0 else None)
    if came is not None:
        matched(world, source.run, pool, known, *came)
    else:
        pool.chunk_ends[key] = known
        bound(pool.chunk_ends)


def _chunk_arrived(world: World, run: Run, pool: Pool, key: tuple[int, int], came: Arrived) -> None:
    known = pool.chunk_ends.pop(key, None)
    if known is not None:
        matched(world, run, pool, known, *came)
    else:
        pool.chunk_arrivals[key] = came
        bound(pool.chunk_arrivals)


def bound(kept: dict[Any, Any]) -> None:
    """Let the oldest half go where there are too many."""
    if len(kept) > MOST:
        for key in list(islice(kept, MOST // 2)):
            del kept[key]


def seal(world: World, pool: Pool) -> None:
    """Open tasks whose results have arrived keep that in their rows; those without a row yet get it with one."""
    for number in pool.came_now:
        task, came = pool.rows.get(number), pool.arrived.get(number)
        if task is not None and came is not None:
            world.changes.arrivals.append((came[0], None, came[1] if came[1] >= 0 else None, task.id))
    pool.came_now.clear()
