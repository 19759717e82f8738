"""What threads rewrite in place besides their slots: what their time went to, how far their tasks are, last words."""

from __future__ import annotations

from collections.abc import Iterable

from procscope.runtime.collector.fold import chunks, logs
from procscope.runtime.collector.fold.losses import Slot
from procscope.runtime.collector.fold.state import Process, Run, Source, World
from procscope.runtime.collector.tail import Region
from procscope.runtime.journal import black_box
from procscope.runtime.journal.layout import Clocks, Progress

DELIBERATE = "the program "
"""A reason that begins so is no bad end: who ends its children itself knows why."""


def spend(world: World, process: Process, regions: Iterable[Region], now: int | None) -> None:
    """Take over a worker's clocks, what it is at `now` (monotonic ns) counted in; None where it is dead."""
    found = [(region.source, seen) for region in regions if (seen := black_box.clocks(region.page())) is not None]
    if not found:
        return
    totals = [_until(seen, now) for _, seen in found]
    process.busy_us, process.idle_us = (sum(total[at] for total in totals) // 1000 for at in (0, 1))
    process.sending_us = sum(seen.sending for _, seen in found) // 1000
    process.receiving_us = sum(seen.receiving for _, seen in found) // 1000
    process.calls = sum(seen.calls for _, seen in found)
    ends = [source.us(seen.since) for source, seen in found if source is not None and seen.calls]
    process.last_us = max(ends, default=None)
    world.changes.processes.add(process)


def _until(seen: Clocks, now: int | None) -> tuple[int, int]:
    """(busy, idle) in ns up to `now`."""
    if now is None:
        return seen.busy, seen.idle
    if seen.started:
        return seen.busy + max(0, now - seen.started), seen.idle + max(0, seen.started - seen.since)
    return seen.busy, seen.idle + max(0, now - seen.since)


def advance(world: World, region: Region, page: bytes) -> None:
    """Write how far the region's task says it is, where that has changed and the task has a row."""
    found = black_box.progress(page)
    if found is None or found == region.progress or region.source is None:
        return
    same = region.progress is not None and found[:4] == region.progress[:4]
    task_id = _row(region.source, found) or (region.progress_of if same else 0)
    if not task_id:
        return
    region.progress, region.progress_of = found, task_id
    total = found.total if found.total >= 0 else None
    world.changes.progress.append((found.done, total, found.text or None, task_id))


def _row(source: Source, found: Progress) -> int:
    """The id of the row of the task that is told of, 0 where it has none."""
    pool = source.run.pools.get(found.pool)
    if pool is None:
        return 0
    if found.number in pool.rows:
        return pool.rows[found.number].id
    if source.last is not None and source.last[:2] == (found.pool, found.number):
        return source.last[2].id
    where = chunks.place(pool, found.number, found.chunk)
    row = where[0].rows.get(where[1] + found.offset) if where is not None else None
    return row.id if row is not None else 0


def died(world: World, run: Run, process: Process, regions: Iterable[Region], at_us: int) -> None:
    """The last look at a dead process's pages, before what it was at is lost."""
    spend(world, process, regions, None)
    bad = process.exit_code != 0 and not (process.reason or "").startswith(DELIBERATE)
    for region in regions:
        page = region.page()
        advance(world, region, page)
        said = black_box.last_words(page).strip("\n") if bad else ""
        if said and region.source is not None:
            logs.last_words(world, run, process, _in_flight(region.source, black_box.slot(page)), at_us, said)


def _in_flight(source: Source, slot: Slot | None) -> int | None:
    """The row of what its slot still names, made if there is none; else of the process itself, if that is a task."""
    report = source.report
    if slot is not None and report is not None and report.key == (slot.pool, slot.number, slot.chunk):
        slot = None if report.done or slot.offset < report.reached else slot
    if slot is not None:
        place = (slot.pool, slot.number, slot.chunk, slot.offset)
        return logs.row_of(source, *place, source.us(slot.started))
    return logs.row_of(source, 0, source.process.uid, -1, -1, 0)
