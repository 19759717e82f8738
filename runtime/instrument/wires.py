"""What passes through the pipes and sockets of this process, counted on one row a channel and process.

A channel is known by its pipe's or socket's inode, which is the same in every process that has an end of it. Unlike a
lock's, its row is shared by the threads of a process: a count is one step of the interpreter, which no other thread
interrupts, and asking for the thread would cost as much as counting. See `board_layout` for the words.
"""

from __future__ import annotations

import os
from typing import Any
from weakref import WeakValueDictionary

from procscope.runtime import thrown
from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, grips, recorder
from procscope.runtime.journal import board_layout as layout

RECEIVING, SENDING = layout.HELD_SINCE, layout.HELD_AT
_KINDS = {
    "JoinableQueue": Primitive.JOINABLE_QUEUE,
    "Queue": Primitive.QUEUE,
    "SimpleQueue": Primitive.SIMPLE_QUEUE,
}
SLACK_NS = 50_000
"""What takes longer was waiting: a reader that is woken up at once has waited as long."""
LONG_NS = 1_000_000
"""Who waited longer is asked where."""
_SCRATCH = memoryview(bytearray(layout.WORDS * 8)).cast("Q")


class Wire:
    """One channel as this process sees it. `words` is None until it is first used here, and again in a child of fork.

    `at` is the word that counts what is sent: items in, but of a Queue those that its feeder wrote. `pressed`: the last
    send that was timed had to wait. `quiet`: only tell who is receiving, its items are told otherwise.
    """

    __slots__ = (
        "__weakref__", "at", "bytes_in", "bytes_out", "items_in", "items_out", "kind", "pressed", "put", "quiet", "row",
        "words",
    )  # fmt: skip

    def __init__(self, kind: int, at: int = layout.ITEMS_IN) -> None:
        self.kind = kind
        self.at = at
        self.row: Any = None
        self.words: Any = None
        self.pressed = self.quiet = False
        self.put = self.items_in = self.items_out = self.bytes_in = self.bytes_out = 0

    def lie_in(self, row: boards.Row) -> None:
        """Count there from now on."""
        words = row.words
        self.put, self.items_in, self.items_out = words[layout.ITEMS_IN], words[self.at], words[layout.ITEMS_OUT]
        self.bytes_in, self.bytes_out = words[layout.BYTES_IN], words[layout.BYTES_OUT]
        self.row, self.words = row, words

    def at_site(self, site: str) -> None:
        """A line where this process received: perhaps that of the next time too."""
        if self.row is not None:
            self.words[layout.HELD_SITE] = self.row.text(site)

    def blocked(self, nanoseconds: int, size: int = 0) -> None:
        """A send or receive of `size` bytes took so long: what exceeds the copying of them was waiting."""
        if self.row is not None and nanoseconds > SLACK_NS + size:
            words = self.words
            words[layout.CONTENDED] += 1
            words[layout.BLOCKED_NS] = words[layout.WAIT_NS] = words[layout.WAIT_NS] + nanoseconds
            self.row.waits[layout.cell(nanoseconds)] += 1


NOBODY = Wire(0)
"""The wire of connections that are none of the program's business: written and never read."""
NOBODY.words = _SCRATCH
NOBODY.quiet = True
_wires: WeakValueDictionary[int, Wire] = WeakValueDictionary()
_rows: dict[int, boards.Row] = {}


def uid_at(descriptor: int | None) -> int:
    """The uid of the pipe or socket at `descriptor`, 0 if it has been closed meanwhile."""
    try:
        found = os.fstat(descriptor)  # type: ignore[arg-type]
    except (OSError, TypeError) as error:
        if thrown.by_program(error):
            raise
        return 0
    return boards.uid_of(f"inode {found.st_dev} {found.st_ino}")


def bound(wire: Wire, descriptor: int | None) -> Wire:
    """`wire`, or the one that this process has for the channel at `descriptor` already, lying in its row."""
    uid = uid_at(descriptor)
    if not uid:
        return NOBODY
    known = _wires.get(uid) or _lying(wire, boards.row(uid, wire.kind))
    known.at_site(boards.site())
    return known


def born(wire: Wire, descriptor: int, size: int = 0, owner: int = 0, role: str = "") -> Wire:
    """This process made the channel at `descriptor`: `bound`, and told where."""
    name, site = boards.called()
    uid = uid_at(descriptor)
    if not uid:
        return NOBODY
    return _lying(wire, boards.born(uid, wire.kind, name=name, site=site, size=size, owner=owner, role=role))


def _lying(wire: Wire, row: boards.Row) -> Wire:
    known = _wires.get(row.uid)  # past the cap, one row and one wire serve many
    if known is None:
        wire.lie_in(_rows.setdefault(row.uid, row))  # two threads that meet it at once go on in one row
        known = _wires[row.uid] = wire
    return known


def of(queue: Any) -> Wire | None:
    """What this process counts of a queue of multiprocessing; None for what is not one, or is not observed."""
    end = getattr(queue, "_reader", None)
    found = vars(end).get("_procscope") if hasattr(end, "__dict__") else None
    return found if found is not NOBODY else None


def kind_of(queue: Any) -> int:
    """Which primitive a queue of multiprocessing is, by its class; 0 for none."""
    return next((int(_KINDS[each.__name__]) for each in type(queue).__mro__ if each.__name__ in _KINDS), 0)


def lay(queue: Any, wire: Wire) -> None:
    """Both ends of the queue are `wire`."""
    queue._reader._procscope = queue._writer._procscope = wire


def in_a_pool(queue: Any) -> None:
    """Here come the tasks of a pool, which are told otherwise: of this queue only who receives and sends is told."""
    wire = of(queue)
    if wire is not None:
        wire.quiet = True
        if hasattr(queue, "_sem"):
            grips.silence(queue._sem)


def words_in_a_pool(queue: Any) -> Any:
    """The words where a worker says that it receives from or sends to its pool's `queue`."""
    in_a_pool(queue)
    wire = of(queue)
    if wire is None:
        return _SCRATCH
    if wire.words is None:
        lay(queue, wire := bound(wire, queue._reader._handle))
    return wire.words


def made_for(pool: int, queues: Any) -> None:
    """This process made `queues`, that of calls and that of results, for pool `pool`."""
    for queue, role in zip(queues, ("calls", "results"), strict=False):
        if hasattr(queue, "_reader") and vars(queue._reader).get("_procscope") is NOBODY:
            lay(queue, born(Wire(kind_of(queue)), queue._reader._handle, owner=pool, role=role))
            in_a_pool(queue)


def _forked() -> None:
    """The rows that the parent writes are its own."""
    for wire in list(_wires.values()):
        wire.row = wire.words = None
    _wires.clear()
    _rows.clear()


recorder.after_fork.append(_forked)
