"""A journal in a directory of its own, and everything it says read back."""

from __future__ import annotations

from pathlib import Path

from procscope.runtime.events import Event
from procscope.runtime.journal.reader import Segment, scan
from procscope.runtime.journal.writer import Identity, Journal

WHO = Identity("0123456789ab", 11, 7, 5)


def open_journal(spool: Path, *, cap: int = 1 << 30, who: Identity = WHO) -> Journal:
    """A journal under `spool`/run."""
    directory = spool / "run"
    directory.mkdir(mode=0o700, exist_ok=True)
    return Journal(str(directory), who, cap)


def segments(journal: Journal) -> list[Segment]:
    """All its segments, by region and place."""
    found = [Segment.open(path) for path in scan(journal.directory)]
    mine = [segment for segment in found if segment.header.journal == journal.id.hex()]
    return sorted(mine, key=lambda segment: (segment.header.region, segment.header.seq))


def read_all(segment: Segment, *, final: bool = True, at_once: int = 1000) -> tuple[list[Event], int]:
    """(every event, records damaged) of one segment, in steps of `at_once`."""
    events: list[Event] = []
    offset = damaged = 0
    while True:
        batch = segment.read(offset, at_once, final=final)
        events += batch.events
        damaged += batch.damaged
        if batch.offset == offset:
            return events, damaged
        offset = batch.offset


def said(journal: Journal) -> list[Event]:
    """Everything the journal says, region by region."""
    return [event for segment in segments(journal) for event in read_all(segment)[0]]
