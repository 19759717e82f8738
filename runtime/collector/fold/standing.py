"""Who holds and who waits at this moment, as rows of `holds`: only what two looks saw alike.

Boards and slots are read one after the other while the program goes on. What both of two looks saw, the same hold and
the same wait, stood between them: the rows of one transaction are true together, and a circle among them is a deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from procscope.runtime.collector.fold.primitives import LARGEST, in_a_pool
from procscope.runtime.collector.fold.state import Run, World
from procscope.runtime.events import PRIMITIVE_NAMES, Wait
from procscope.runtime.events import Primitive as Kind
from procscope.runtime.journal.board_layout import FLAG_SIGNAL

SEEN_TWICE_NS = 200_000_000
"""The looks that confirm each other lie at least so far apart."""
HOLDS, PROCESS, RESULT, WITHIN = "holds", "process", "result", "within"
"""Kinds of rows whose target is not, or not only, named by a primitive; a thread waits `within` a pool if it does for a
result while at a task of that very pool."""
READS, WRITES = "reads", "writes"
"""A dead process was reading from a queue, or writing to its pipe, and has its reading or writing lock for ever."""
_HAVE = (HOLDS, READS, WRITES)
NO_PRIMITIVE = (PROCESS, RESULT, WITHIN)
_COUNTING = (PRIMITIVE_NAMES[Kind.SEMAPHORE], PRIMITIVE_NAMES[Kind.BOUNDED_SEMAPHORE])

Key = tuple[int, int, int, str]
"""primitive_id, process_id, thread, what: the key of `holds`."""


class Sight(NamedTuple):
    """A thread that holds `n` of a primitive, or waits for it. `mark` is the same as long as it is the same hold or
    wait; `first` is when it was first seen (monotonic ns), 0 for the dead, whose state is final."""

    uid: int
    process_id: int
    thread: int
    what: str
    mark: tuple[int, ...]
    since_us: int
    site: str | None
    first: int
    n: int = 1


def wait_name(number: int) -> str:
    """'get' for 2; '' for a kind of waiting that this version does not know."""
    try:
        return Wait(number).name.lower()
    except ValueError:
        return ""


class Standing:
    """Sights by the place they were seen at, and what the database shows of them."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._shown: dict[Key, tuple[int, str | None]] = dict(run.holds)
        self._seen: dict[int, dict[Hashable, Sight]] = {}
        for sight in run.dead_holds:
            self.see((sight.thread, sight.uid, sight.what), sight)

    def see(self, place: Hashable, sight: Sight) -> None:
        """A thread holds or waits; what was seen there before counts if it is the same."""
        mine = self._seen.setdefault(sight.process_id, {})
        before = mine.get(place)
        if before is None or (before.uid, before.mark) != (sight.uid, sight.mark):
            mine[place] = sight

    def over(self, process_id: int, place: Hashable) -> None:
        """Nothing is held, or waited for, there any more."""
        mine = self._seen.get(process_id)
        if mine is not None:
            mine.pop(place, None)

    def died(self, process_id: int, *, killed: bool) -> None:
        """What a dead process held it holds for ever; what it waited for is kept if it was killed in it."""
        mine = self._seen.pop(process_id, {})
        left = {at: sight._replace(first=0) for at, sight in mine.items() if killed or sight.what == HOLDS}
        if left:
            self._seen[process_id] = left

    def show(self, world: World, now: int) -> None:
        """Bring the rows up to date with what was seen twice."""
        wanted = dict(self._rows(now))
        for key in self._shown.keys() - wanted.keys():
            world.changes.holds_gone.append(key)
            self._touched(world, key)
        for key, told in wanted.items():
            if self._shown.get(key) != told:
                world.changes.holds.append((*key, self._run.id, *told))
                self._touched(world, key)
        self._shown = wanted

    def _rows(self, now: int) -> Iterator[tuple[Key, tuple[int, str | None]]]:
        for sight in self._standing(now):
            number = self._target(sight)
            if number:
                thread = min(sight.thread, LARGEST)
                yield (number, sight.process_id, thread, sight.what), (sight.since_us, sight.site)

    def _standing(self, now: int) -> Iterator[Sight]:
        """What was seen twice; of what is used as a signal, only as many holds as are not released."""
        signals: dict[int, list[Sight]] = defaultdict(list)
        for sight in (sight for mine in self._seen.values() for sight in mine.values()):
            if now - sight.first < SEEN_TWICE_NS:
                continue
            shared = self._run.primitives.get(sight.uid) if sight.what == HOLDS else None
            if shared is None or not shared.signal:
                yield sight
            elif not (shared.flags & FLAG_SIGNAL and shared.kind in _COUNTING):
                signals[sight.uid].append(sight)
        for uid, sights in signals.items():
            yield from _latest(sights, self._run.primitives[uid].outstanding)

    def _target(self, sight: Sight) -> int:
        """What the row names by its id: a primitive, a pool or a process; 0 for what is not known or of no interest."""
        run = self._run
        if sight.what == PROCESS:
            process = run.processes.get(sight.uid)
            return process.id if process is not None else run.gone.get(sight.uid, 0)
        if sight.what in (RESULT, WITHIN):
            return run.pools[sight.uid].id if sight.uid in run.pools else 0
        shared = run.primitives.get(sight.uid)
        if shared is None or (sight.what not in _HAVE and in_a_pool(run, shared)):
            return 0  # an idle worker waits for the next task of its pool
        return shared.id

    def _touched(self, world: World, key: Key) -> None:
        if key[3] not in NO_PRIMITIVE:
            shared = self._run.primitive_rows.get(key[0])
            if shared is not None:
                world.changes.primitives.add(shared)


def _latest(sights: list[Sight], left: int) -> Iterator[Sight]:
    for sight in sorted(sights, key=lambda sight: -sight.since_us):
        if left <= 0:
            return
        left -= sight.n
        yield sight
