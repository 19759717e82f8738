"""What is kept of each semaphore of multiprocessing that this process has a handle of: the state behind the sync hooks.

Everything a program makes of `multiprocessing.synchronize` is made of SemLocks. A grip is an attribute of one, and does
not travel with it: what a SemLock pickles is a tuple.
"""

from __future__ import annotations

from _thread import _local
from typing import Any

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, calls, identity
from procscope.runtime.journal import board_layout as layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

GROUP = "sync"
ATTRIBUTE = "_procscope_grip"
_LOCKS = {
    "RLock": Primitive.RLOCK,
    "Lock": Primitive.LOCK,
    "BoundedSemaphore": Primitive.BOUNDED_SEMAPHORE,
    "Semaphore": Primitive.SEMAPHORE,
}


class Nobody:
    """Stands for the row of a grip that has none yet."""

    thread = 0
    depth = -1
    released = 0
    due = 0


NOBODY: Any = Nobody()


class _Making(_local):
    """`with making:` around a constructor that makes primitives as parts of another; `depth` of such in this thread."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.depth -= 1


making = _Making()


class Grip:
    """A SemLock as this process sees it. `row` is that of the thread which last acquired it here; look at its `thread`.

    `made` is where it was made if this process made it, `told` whether it has said so. `quiet`: waits for it are of no
    interest. `silent`: nothing of it is.
    """

    __slots__ = ("give", "hold", "kind", "made", "quiet", "row", "semlock", "silent", "take", "told", "uid")

    def __init__(self, semlock: Any, kind: int) -> None:
        self.semlock = semlock
        self.take = semlock.acquire
        self.give = semlock.release
        self.kind = kind
        self.uid = boards.uid_of(semlock.name) if semlock.name else identity.new_uid()
        self.row = NOBODY
        self.hold: Any = None
        """What acquires it instead of us, where it is silent."""
        self.made = ""
        self.quiet = self.silent = self.told = False


def kind_of(lock: Any) -> int:
    """Which primitive a SemLock is, by its class; that of the program, by what it can do."""
    for parent in type(lock).__mro__:
        if parent.__name__ in _LOCKS:
            return int(_LOCKS[parent.__name__])
    if lock._semlock.kind == 0:
        return int(Primitive.RLOCK)
    return int(Primitive.LOCK if lock._semlock.maxvalue == 1 else Primitive.SEMAPHORE)


def of(lock: Any) -> Grip | None:
    """The grip of a Lock, RLock or semaphore; None where the hooks are not in place."""
    try:
        found: Grip | None = vars(lock).get(ATTRIBUTE)
    except TypeError:
        return None
    return found


def uid(lock: Any) -> int:
    """The uid of a Lock, RLock or semaphore, 0 where it has none."""
    grip = of(lock)
    return grip.uid if grip is not None else 0


def part(lock: Any, owner: int, role: str, *, made_here: bool = False, quiet: bool = True) -> None:
    """`lock` is a part of primitive or pool `owner`: if `quiet` it is only told who holds it, not who waits.

    To be called wherever the owner is made (`made_here`) or unpickled. Does nothing with what is not a SemLock.
    """
    grip = of(lock)
    if grip is None or grip.silent:
        return
    grip.quiet = quiet
    if made_here:
        grip.told = True
        boards.born(grip.uid, grip.kind, site=grip.made, size=1, owner=owner, role=role)


def silence(lock: Any, acquire: Any = None) -> None:
    """Nothing of `lock` is to be told here: it gets the methods back that it has without us, or `acquire`."""
    grip = of(lock)
    if grip is None:
        lock.acquire = acquire or lock.acquire
        return
    grip.silent = True
    grip.row = NOBODY
    lock.acquire = grip.hold = acquire or grip.take
    lock.release = grip.give


def row(grip: Grip) -> Any:
    """The row in which this thread counts what it does with the semaphore, None if nothing is to be counted."""
    if grip.silent:
        return None
    found = grip.row = boards.row(grip.uid, grip.kind, grip.made)
    return found


def place(grip: Grip, row: Any, frame: FrameType) -> None:
    """`frame` acquires: the row's HELD_SITE becomes that line, or the line of the program behind it."""
    caller = frame if grip.quiet else calls.outward(frame)
    row.where = where = calls.at(caller) if caller is not None else ""
    row.words[layout.HELD_SITE] = row.text(where) if where else 0
    row.code = frame.f_code if caller is frame else None
    row.instruction = frame.f_lasti
