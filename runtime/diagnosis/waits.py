"""Who waits for whom: the threads that no living thread will set free, and the circles among them. Pure.

A thread is stuck when whatever it waits for is held by the dead and the stuck alone. What has no known holder (an
event, a queue, a semaphore used as a signal) may come any time: nobody is stuck for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from procscope.runtime.diagnosis.sharing_facts import Stand

Thread = tuple[int, int]
"""process_id, thread."""
HOLDS, ACQUIRE, PROCESS = "holds", "acquire", "process"
READS, WRITES = LEFT = ("reads", "writes")
"""What a process was at with a queue, and with its lock, when it was killed."""


def thread_of(stand: Stand) -> Thread:
    """Whose stand it is."""
    return stand.who.process_id, stand.thread


class Waits:
    """The graph of one moment: `waiting` by thread, `holders` by primitive, `stuck` threads; `left`: queues whose lock
    died with a process."""

    def __init__(self, stands: Iterable[Stand]) -> None:
        self.waiting: dict[Thread, Stand] = {}
        self.holders: dict[int, list[Stand]] = defaultdict(list)
        self.left: list[Stand] = []
        self._threads: dict[int, list[Thread]] = defaultdict(list)
        for stand in stands:
            if stand.what == HOLDS and stand.thing is not None:
                self.holders[stand.thing.id].append(stand)
            elif stand.what in LEFT:
                self.left.append(stand)
            elif stand.what != HOLDS and stand.who.alive:
                self.waiting[thread_of(stand)] = stand
                self._threads[stand.who.process_id].append(thread_of(stand))
        self._blockers = {thread: self._of(stand) for thread, stand in self.waiting.items()}
        self.stuck = self._fixed({thread for thread, blockers in self._blockers.items() if blockers})

    def _of(self, stand: Stand) -> list[Thread | None]:
        """The threads it waits for; None for a dead one."""
        if stand.what == ACQUIRE and stand.thing is not None:
            holds = self.holders.get(stand.thing.id, ())
            if len(holds) < (stand.thing.size or 1):  # of a semaphore some are held by nobody knows whom
                return []
            return [thread_of(held) if held.who.alive else None for held in holds]
        if stand.what == PROCESS and stand.process_id is not None:
            return list(self._threads.get(stand.process_id, ()))
        return []

    def _fixed(self, stuck: set[Thread]) -> set[Thread]:
        while True:
            free = {t for t in stuck if any(b is not None and b not in stuck for b in self._blockers[t])}
            if not free:
                return stuck
            stuck = stuck - free

    def holder(self, stand: Stand) -> Stand | None:
        """The hold that a waiting thread waits for: a dead one's first, then the oldest."""
        holds = self.holders.get(stand.thing.id, []) if stand.thing is not None else []
        return min(holds, key=lambda held: (held.who.alive, held.since_us), default=None)

    def circles(self) -> list[list[Stand]]:
        """Every circle of stuck threads, each thread in one at most: the waits along it, beginning with the oldest
        process."""
        found, done = [], set[Thread]()
        for start in sorted(self.stuck):
            path: list[Thread] = []
            at: Thread | None = start
            while at is not None and at not in done and at not in path:
                path.append(at)
                at = next((b for b in self._blockers[at] if b is not None), None)
            if at in path:
                found.append([self.waiting[thread] for thread in _turned(path[path.index(at) :])])
            done.update(path)
        return found


def _turned(circle: Sequence[Thread]) -> list[Thread]:
    first = circle.index(min(circle))
    return [*circle[first:], *circle[:first]]
