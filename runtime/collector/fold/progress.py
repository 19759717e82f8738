"""How far tasks say they are, on their rows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from procscope.runtime.events import Progressed

if TYPE_CHECKING:
    from procscope.runtime.collector.fold.state import Item, Source, World

MOST = 1000
"""So many items without a row a region keeps the words of; the oldest go."""
Told = tuple[int, int | None, str | None]


def told(done: int, total: int, text: str) -> Told:
    """As columns."""
    return done, total if total >= 0 else None, text or None


def write(world: World, said: Told, task_id: int) -> None:
    """Have the row of a task say so."""
    world.changes.progress.append((*said, task_id))


def progressed(source: Source, event: Progressed) -> bool:
    """The last word of a task that is over, or of an item whose chunk goes on."""
    item, said = event[:4], told(*event[4:])
    task_id = row_of(source, item)
    if task_id:
        write(source.world, said, task_id)
    elif event.offset >= 0 and not (source.report is not None and source.report.done and source.report.key == item[:3]):
        kept = source.progressed
        kept[item] = said
        if len(kept) > MOST:
            for old in list(islice(kept, MOST // 2)):
                del kept[old]
    return True


def item_has_row(source: Source, item: Item, task_id: int) -> None:
    """An item that ended has got its row."""
    said = source.progressed.pop(item, None)
    if said is not None:
        write(source.world, said, task_id)


def row_of(source: Source, item: Item) -> int:
    """The id of the row of an open task or item, or of one that this region closed last; 0 where it has none."""
    from procscope.runtime.collector.fold import chunks, seal

    uid, number, chunk, offset = item
    pool = source.run.pools.get(uid)
    if pool is None:
        return 0
    if number in pool.rows:
        return pool.rows[number].id
    if number in pool.fresh:
        return seal.write(source.world, source.run, pool, number).id
    if offset < 0 and source.last is not None and source.last[:2] == (uid, number):
        return source.last[2].id
    if source.rows.chunk == item[:3] and offset in source.rows.by_offset:
        return source.rows.by_offset[offset][0]
    where = chunks.place(pool, number, chunk)
    row = where[0].rows.get(where[1] + offset) if where is not None else None
    return row.id if row is not None else 0
