"""One region of a journal: which segment, which offset, what is read and not folded yet."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from procscope.runtime.collector.fold.state import Report, Source
from procscope.runtime.errors import JournalError
from procscope.runtime.events import Event
from procscope.runtime.journal import layout
from procscope.runtime.journal.layout import Progress
from procscope.runtime.journal.reader import Segment, Slot, Waiting


class Place:
    """Where a region's reading stands, as `journals` keeps it."""

    __slots__ = ("note", "offset", "seq")

    def __init__(self, seq: int = 0, offset: int = 0, note: str | None = None) -> None:
        self.seq = seq
        self.offset = offset
        self.note: dict[str, Any] = json.loads(note) if note else {}


class Region:
    """Reads ahead of the fold: `events[at:]` are decoded and wait; `offset` is where the fold has got to."""

    __slots__ = (
        "_black_box", "_first", "_read_to", "_reading", "_segment", "_switches", "at", "blocked", "changed",
        "consumed", "damaged", "directory", "drops", "ends", "events", "final", "journal", "number", "offset",
        "paths", "progress", "progress_of", "quiet", "seq", "source", "waiting_to",
    )  # fmt: skip

    def __init__(self, directory: str, journal: str, number: int, place: Place) -> None:
        self.directory = directory
        self.journal = journal
        self.number = number
        self.seq = place.seq
        self._reading = place.seq
        self.offset = self._read_to = place.offset
        self._switches: list[tuple[int, int]] = []
        self._first = 0
        self.paths: dict[int, str] = {}
        self._segment: Segment | None = None
        self._black_box: Segment | None = None
        self.events: list[Event] = []
        self.ends: list[int] = []
        self.at = 0
        self.damaged = 0
        self.drops: tuple[int, ...] = tuple(place.note.get("drops", ()))
        self.source: Source | None = None
        self.consumed: list[str] = []
        self.changed = False
        self.final = False
        self.quiet = False
        self.blocked = 0
        self.waiting_to = 0
        self.progress: Progress | None = None
        self.progress_of = 0

    def start(self) -> Segment:
        """Open the segment to go on with; raises JournalError or OSError where that cannot be read."""
        if self.seq not in self.paths and self.paths:
            self.seq = self._reading = min(self.paths)
            self.offset = self._read_to = 0
        self._segment = Segment.open(self.paths[self.seq])
        if 0 in self.paths:
            self._black_box = self._segment if self.seq == 0 else _opened(self.paths[0])
        return self._segment

    def fill(self, limit: int) -> None:
        """Read on, across segments, where less than half of `limit` is left. `quiet`: there is nothing more to read."""
        if 2 * self.left > limit:
            self.quiet = False
            return
        self._compact()
        self.quiet = self._segment is None
        while self._segment is not None:
            sealed = self._segment.sealed or (self.final and self._reading + 1 in self.paths)
            batch = self._segment.read(self._read_to, limit - len(self.events), final=self.final or sealed)
            moved = batch.offset != max(self._read_to, layout.PAGE)
            self._read_to = batch.offset
            self.damaged += batch.damaged
            self.events += batch.events
            self.ends += batch.ends
            if len(self.events) >= limit:
                break
            if not (moved or (sealed and self._go_on())):
                self.quiet = True
                break
        self._stand()

    def _compact(self) -> None:
        """Let go of the events that are folded."""
        at, self.at = self.at, 0
        self.events, self.ends = self.events[at:], self.ends[at:]
        self._switches = [(first - at, seq) for first, seq in self._switches]
        self._first = max(0, self._first - at)
        self.waiting_to = max(0, self.waiting_to - at)

    def _go_on(self) -> bool:
        later = [seq for seq in self.paths if seq > self._reading] or self._look()
        if not later:
            return False
        after = min(later)
        self.damaged += after - self._reading - 1
        if self._segment is not None and self._segment is not self._black_box:
            self._segment.close()
        self._reading, self._read_to = after, 0
        self._switches.append((len(self.events), after))
        try:
            self._segment = Segment.open(self.paths[after])
        except (JournalError, OSError):
            self.damaged += 1
            self._segment = None
        return self._segment is not None

    def _look(self) -> list[int]:
        path = os.path.join(self.directory, layout.segment_name(self.journal, self.number, self.seq + 1))
        if os.path.exists(path):
            self.paths[self.seq + 1] = path
            return [self.seq + 1]
        return []

    def folded_to(self, at: int) -> None:
        """The fold has got to events[at]."""
        if at > self.at:
            self.at = at
            self.blocked = 0
            self._stand()

    def _stand(self) -> None:
        """Work out the segment and the offset that belong to `at`; segments before that one are consumed."""
        before = (self.seq, self.offset)
        while self._switches and self._switches[0][0] <= self.at:
            self._first, after = self._switches.pop(0)
            if self.seq and self.seq in self.paths:
                self.consumed.append(self.paths.pop(self.seq))
            self.seq, self.offset = after, 0
        if self.at == len(self.events):
            self.offset = self._read_to
        elif self.at > self._first:
            self.offset = self.ends[self.at - 1]
        self.changed = self.changed or before != (self.seq, self.offset)

    @property
    def left(self) -> int:
        """Events read and not folded."""
        return len(self.events) - self.at

    def page(self) -> bytes:
        """What the thread rewrites in place, as it is now or was when it died: see `journal.black_box`."""
        return self._black_box.page() if self._black_box is not None else b""

    def slot(self) -> Slot | None:
        """What the thread is doing, or was when it died."""
        return self._black_box.slot() if self._black_box is not None else None

    def wait(self) -> Waiting | None:
        """What the thread is blocked in, or was when it died."""
        return self._black_box.wait() if self._black_box is not None else None

    @property
    def thread(self) -> int:
        """The ident of its first thread, 0 where that is not known."""
        return self._black_box.header.thread if self._black_box is not None else 0

    def new_drops(self) -> list[tuple[int, int]]:
        """(reason, further facts dropped) since the last call."""
        now = self._segment.drops() if self._segment is not None else ()
        if now == self.drops or not any(now):
            return []
        before = self.drops + (0,) * (len(now) - len(self.drops))
        self.drops, self.changed = now, True
        return [(reason, n - was) for reason, (n, was) in enumerate(zip(now, before, strict=False)) if n > was]

    def row(self, run_id: int) -> tuple[Any, ...]:
        """Its row of `journals`."""
        process_id = self.source.process.id if self.source is not None else None
        return (self.journal, self.number, run_id, process_id, self.seq, self.offset, self.note())

    def note(self) -> str | None:
        """What must survive a collector's death beside the offset, as JSON."""
        report = self.source.report if self.source is not None else None
        kept: dict[str, Any] = {}
        if any(self.drops):
            kept["drops"] = self.drops
        if report is not None:
            kept["report"] = [*report[:6], report.batch.number if report.batch else None, *report[7:9]]
        return json.dumps(kept, separators=(",", ":")) if kept else None

    def close(self) -> None:
        """Let go of the files."""
        for segment in (self._segment, self._black_box):
            if segment is not None:
                segment.close()
        self._segment = self._black_box = None


def _opened(path: str) -> Segment | None:
    try:
        return Segment.open(path)
    except (JournalError, OSError):
        return None


def restored(source: Source, note: dict[str, Any]) -> None:
    """Put back what `Region.note` kept of the region's last chunk."""
    kept = note.get("report")
    if kept:
        pool = source.run.pools.get(kept[0])
        batch = pool.batches.get(kept[6]) if pool is not None and kept[6] is not None else None
        source.report = Report._make((*kept[:6], batch, kept[7], (kept[8:] or [0])[0], False))


def removed(paths: list[str]) -> None:
    """Unlink files, those that are gone too."""
    for path in paths:
        with contextlib.suppress(OSError):
            os.unlink(path)
