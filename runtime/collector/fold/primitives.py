"""Primitives: what processes share, put together from what each of them says on its boards."""

from __future__ import annotations

from dataclasses import dataclass, field

from procscope.runtime.collector.fold.state import Process, Run, World
from procscope.runtime.events import PRIMITIVE_NAMES
from procscope.runtime.events import Primitive as Kind
from procscope.runtime.journal import board_layout as layout
from procscope.runtime.journal.board_layout import (
    ACQUIRED,
    CREATED,
    DEPTH,
    FLAGS,
    FOREIGN,
    ITEMS_IN,
    ITEMS_OUT,
    KIND,
    OWNER,
    RELEASED,
    SIZE,
    TASKS_DONE,
    UID,
)

Words = tuple[int, ...]
MOST = 20_000
"""Primitives of one run that get a row; what further ones say is counted as dropped."""
LARGEST = (1 << 63) - 1
NOTHING: Words = (0,) * layout.WORDS
CHANNELS = frozenset(
    PRIMITIVE_NAMES[kind]
    for kind in (
        Kind.QUEUE, Kind.JOINABLE_QUEUE, Kind.SIMPLE_QUEUE, Kind.PIPE, Kind.CONNECTION, Kind.MANAGER_QUEUE,
        Kind.THREAD_QUEUE,
    )
)  # fmt: skip
_CONNECTION = PRIMITIVE_NAMES[Kind.CONNECTION]
_OF_MANAGERS = (PRIMITIVE_NAMES[Kind.MANAGER_QUEUE], PRIMITIVE_NAMES[Kind.PROXY])
COUNTED = (ACQUIRED, RELEASED, FOREIGN, ITEMS_IN, ITEMS_OUT, TASKS_DONE)
"""The words that are summed over all threads."""


@dataclass(eq=False, slots=True)
class Shared:
    """A primitive: the columns of its row by name, then what its depth and state follow from.

    `total` sums the words of `COUNTED` over all threads that ever used it; `users` are the uids of live processes
    that do.
    """

    id: int
    run_id: int
    uid: int
    owner_uid: int | None = None
    role: str | None = None
    kind: str = "unknown"
    name: str | None = None
    site: str | None = None
    process_id: int | None = None
    created_us: int | None = None
    size: int | None = None
    state: str = "open"
    depth: int | None = None
    unfinished: int | None = None
    total: dict[int, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    users: set[int] = field(default_factory=set)
    flags: int = 0
    hint: int = 0

    @property
    def part(self) -> bool:
        """Whether it is the inside of another. What a manager serves belongs to it and is no part of it."""
        return self.owner_uid is not None and self.kind not in _OF_MANAGERS

    @property
    def signal(self) -> bool:
        """Whether somebody released it who did not hold it."""
        return self.total[FOREIGN] > 0 and self.kind not in CHANNELS

    @property
    def outstanding(self) -> int:
        """How many acquisitions nobody has released."""
        return self.total[ACQUIRED] - self.total[RELEASED]


def kind_name(number: int) -> str:
    """'Lock' for 1; 'kind 77' for one that this version does not know."""
    try:
        return PRIMITIVE_NAMES[Kind(number)]
    except (ValueError, KeyError):
        return f"kind {number % 100_000}"


def primitive_of(world: World, run: Run, uid: int) -> Shared | None:
    """The run's primitive of that uid, made on first mention; None where there are too many."""
    found = run.primitives.get(uid)
    if found is None and len(run.primitives) < MOST:
        found = run.primitives[uid] = Shared(world.next_id("primitives"), run.id, uid)
        run.primitive_rows[found.id] = found
        world.changes.primitives.add(found)
    return found


def row_changed(world: World, run: Run, process: Process, before: Words, now: Words) -> Shared | None:
    """One thread's share went from `before` to `now`; None where it cannot be taken."""
    found = primitive_of(world, run, now[UID])
    if found is None:
        return None
    if process.live:
        found.users.add(process.uid)
    for word in COUNTED:
        found.total[word] += now[word] - before[word]
    if found.kind == "unknown":
        found.kind = kind_name(now[KIND])
        world.changes.primitives.add(found)
    found.flags |= _lasting(now[FLAGS])
    found.hint = now[DEPTH] or found.hint
    return found


def _lasting(flags: int) -> int:
    """Closing one's own end closes it for nobody else: only its maker's counts."""
    return flags if flags & layout.FLAG_MADE_HERE else flags & ~layout.FLAG_CLOSED


def made(world: World, found: Shared, process: Process, delta: int, now: Words, born: tuple[str, str, str]) -> None:
    """Its maker says what it is. The first to say so is believed; it may say more later."""
    if found.process_id not in (None, process.id):
        return
    name, site, role = born
    found.process_id = process.id
    found.kind = kind_name(now[KIND])
    found.name, found.site, found.role = name or found.name, site or found.site, role[:24] or found.role
    found.owner_uid = min(now[OWNER], LARGEST) or found.owner_uid
    found.created_us = (now[CREATED] + delta) // 1000 if now[CREATED] else found.created_us
    found.size = min(now[SIZE], LARGEST)
    world.changes.primitives.add(found)


def left(found: Shared, process_uid: int) -> None:
    """A process that used it is dead."""
    found.users.discard(process_uid)


def flow(found: Shared) -> tuple[int, int]:
    """Items in and out so far."""
    return min(found.total[ITEMS_IN], LARGEST), min(found.total[ITEMS_OUT], LARGEST)


def settled(found: Shared) -> bool:
    """Work out its depth and state; whether they changed."""
    now = (_depth(found), _unfinished(found), _state(found))
    if now == (found.depth, found.unfinished, found.state):
        return False
    found.depth, found.unfinished, found.state = now
    return True


def _depth(found: Shared) -> int | None:
    if found.kind not in CHANNELS or found.kind == _CONNECTION:  # what comes in at one end goes out at the other
        return None
    depth = found.total[ITEMS_IN] - found.total[ITEMS_OUT]
    if depth > 0 or (depth == 0 and not found.hint):
        return min(depth, LARGEST)
    # Somebody puts or takes whom nobody observes: what the last one to look was told.
    return min(found.hint - 1, LARGEST) if found.hint else None


def _unfinished(found: Shared) -> int | None:
    if found.kind != PRIMITIVE_NAMES[Kind.JOINABLE_QUEUE]:
        return None
    put = found.total[ITEMS_IN] + found.total[FOREIGN]  # join() waits for what could not be sent as well
    return min(max(0, put - found.total[TASKS_DONE]), LARGEST)


def _state(found: Shared) -> str:
    if found.flags & layout.FLAG_UNLINKED:
        return "unlinked"
    if not found.users:
        leaked = found.kind == PRIMITIVE_NAMES[Kind.SHARED_MEMORY] and found.flags & layout.FLAG_MADE_HERE
        return "leaked" if leaked else "closed" if found.flags & layout.FLAG_CLOSED else "gone"
    return "closed" if found.flags & layout.FLAG_CLOSED else "open"


def in_a_pool(run: Run, found: Shared) -> bool:
    """Whether it is a part of a pool, at some depth."""
    for _ in range(4):
        if found.owner_uid is None:
            return False
        if found.owner_uid in run.pools:
            return True
        above = run.primitives.get(found.owner_uid)
        if above is None:
            return False
        found = above
    return False
