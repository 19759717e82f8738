"""What the journals of a suite say about ourselves: that all its processes were observed, and which hooks broke."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from procscope.runtime.errors import JournalError
from procscope.runtime.events import NotObserved, OurFault
from procscope.runtime.journal.reader import Segment, scan


class Told(NamedTuple):
    """`processes` wrote a journal; `faults` are errors of our own ("pool: KeyError: …"), `unseen` what had no hook."""

    processes: int
    faults: Counter[str]
    unseen: Counter[str]


def told(home: Path) -> Told:
    """Everything under a state directory; a damaged segment counts as a fault."""
    journals: set[str] = set()
    faults: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    for run in (home / "spool").iterdir():
        for path in scan(str(run)):
            try:
                journals.add(_read(path, faults, unseen))
            except (JournalError, OSError) as error:
                faults[f"{type(error).__name__}: {error}"] += 1
    return Told(len(journals), faults, unseen)


def _read(path: str, faults: Counter[str], unseen: Counter[str]) -> str:
    segment = Segment.open(path)
    try:
        offset = 0
        while True:
            batch = segment.read(offset, 1000, final=True)
            for event in batch.events:
                if isinstance(event, OurFault):
                    faults[f"{event.where}: {event.error}"] += 1
                elif isinstance(event, NotObserved):
                    unseen[f"{event.group}: {event.reason}"] += 1
            if batch.damaged:
                faults["damaged records"] += batch.damaged
            if batch.offset == offset:
                return segment.header.journal
            offset = batch.offset
    finally:
        segment.close()
