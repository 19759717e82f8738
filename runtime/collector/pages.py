"""What threads rewrite in place besides their slots: what their time went to, how far their tasks are, last words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from procscope.runtime.collector.fold import logs, progress
from procscope.runtime.collector.fold.losses import Slot
from procscope.runtime.collector.fold.state import Process, Run, Source, World
from procscope.runtime.collector.tail import Region
from procscope.runtime.events import Progressed
from procscope.runtime.journal import black_box
from procscope.runtime.journal.layout import Clocks

DELIBERATE = "the program "
"""A reason that begins so is no bad end: who ends its children itself knows why."""


def spend(world: World, process: Process, regions: Iterable[Region], now: int, *, dead: bool = False) -> None:
    """Take over a worker's clocks, with what it is at until `now` (monotonic ns); of the dead, only their waiting."""
    found = [(region.source, seen) for region in regions if (seen := black_box.clocks(region.page())) is not None]
    if not found:
        return
    totals = [_until(seen, now, dead) for _, seen in found]
    process.busy_us, process.idle_us = (sum(total[at] for total in totals) // 1000 for at in (0, 1))
    process.sending_us = sum(seen.sending for _, seen in found) // 1000
    process.receiving_us = sum(seen.receiving for _, seen in found) // 1000
    process.calls = sum(seen.calls for _, seen in found)
    ends = [source.us(seen.since) for source, seen in found if source is not None and seen.calls]
    process.last_us = max(ends, default=None)
    world.changes.processes.add(process)


def _until(seen: Clocks, now: int, dead: bool) -> tuple[int, int]:
    """(busy, idle) in ns up to `now`."""
    if seen.started:
        busy = 0 if dead else max(0, now - seen.started)
        return seen.busy + busy, seen.idle + max(0, seen.started - seen.since)
    return seen.busy, seen.idle + max(0, now - seen.since)


def advance(world: World, region: Region, page: bytes) -> None:
    """Write how far the region's task says it is, where that has changed and the task has a row."""
    found = black_box.progress(page)
    if found is None or found == region.progress or region.source is None:
        return
    same = region.progress is not None and found[:4] == region.progress[:4]
    task_id = progress.row_of(region.source, found[:4]) or (region.progress_of if same else 0)
    if not task_id:
        return
    region.progress, region.progress_of = found, task_id
    progress.write(world, progress.told(*found[4:]), task_id)


def died(world: World, run: Run, process: Process, regions: Sequence[Region], at_us: int) -> None:
    """The last look at a dead process's pages, before what it was at is lost."""
    delta = next((region.source.delta for region in regions if region.source is not None), 0)
    spend(world, process, regions, (process.ended_us or at_us) * 1000 - delta, dead=True)
    bad = process.exit_code != 0 and not (process.reason or "").startswith(DELIBERATE)
    for region in regions:
        page = region.page()
        advance(world, region, page)
        _keep_for_its_row(region, page)
        said = black_box.last_words(page).strip("\n") if bad else ""
        if said and region.source is not None:
            logs.last_words(world, run, process, _in_flight(region.source, black_box.slot(page)), at_us, said)


def _keep_for_its_row(region: Region, page: bytes) -> None:
    """How far an item was whose row is about to be made, since it is lost."""
    found = black_box.progress(page)
    if found is not None and region.source is not None and found != region.progress:
        progress.progressed(region.source, Progressed(*found))


def _in_flight(source: Source, slot: Slot | None) -> int | None:
    """The row of what its slot still names, made if there is none; else of the process itself, if that is a task."""
    report = source.report
    if slot is not None and report is not None and report.key == (slot.pool, slot.number, slot.chunk):
        slot = None if report.done or slot.offset < report.reached else slot
    if slot is not None:
        place = (slot.pool, slot.number, slot.chunk, slot.offset)
        return logs.row_of(source, *place, source.us(slot.started))
    return logs.row_of(source, 0, source.process.uid, -1, -1, 0)
