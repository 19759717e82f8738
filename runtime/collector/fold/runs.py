"""Runs: what is said of the whole."""

from __future__ import annotations

import json

from procscope.runtime.collector.fold.state import Process, Run, Source, World
from procscope.runtime.events import NotObserved, OurFault, Unknown

MOST_NOTES = 100


def note(source: Source, text: str) -> None:
    """Something to know about what is not here; each once."""
    noted(source.world, source.run, text)


def noted(world: World, run: Run, text: str) -> None:
    """The same, where nobody in particular says it."""
    notes = json.loads(run.notes or "[]")
    if text not in notes and len(notes) < MOST_NOTES:
        run.notes = json.dumps([*notes, text])
        world.changes.runs.add(run)


def not_observed(source: Source, event: NotObserved) -> bool:
    """A group of hooks is not in place."""
    note(source, f"{event.group} is not observed: {event.reason}")
    return True


def our_fault(source: Source, event: OurFault) -> bool:
    """Our own code failed in the user's process."""
    note(source, f"procscope failed in {event.where} and switched that part off: {event.error}")
    return True


def unknown(source: Source, event: Unknown) -> bool:
    """A record of a later version's kind."""
    note(source, f"records of kind {event.kind} are of a later version of procscope: upgrade to read them")
    source.world.changes.drop(source.run, source.process.id, "unknown", 1, source.process.started_us or 0)
    return True


def end(
    world: World, run: Run, main: Process | None, exit_code: int | None, at_us: int, *, orderly: bool = False
) -> None:
    """The main process is gone: the run is over, whatever goes on running. `orderly`: it said so itself."""
    code = exit_code
    if code is None and main is not None:
        code = main.exit_code
    run.exit_code = code
    if code is None:
        run.state = "finished" if orderly or (main is not None and main.orderly) else "killed"
    else:
        run.state = "killed" if code < 0 else "failed" if code else "finished"
    run.finished_us = (main.ended_us if main is not None else None) or at_us
    world.changes.runs.add(run)
