"""The process's journal: opened when a thread first has something to say, a new one after a fork."""

from __future__ import annotations

import os
import time
from _thread import _local

from procscope.runtime import thrown
from procscope.runtime.instrument import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from procscope.runtime.instrument.limits import Limits
    from procscope.runtime.journal.writer import Journal, Region

mono_ns = time.monotonic_ns
run = ""
"""Key of the run this process belongs to; '' while nothing is observed."""
environment: dict[str, str] = {}
"""The PROCSCOPE_* variables as they were when the run began: the program may change them."""
_journals: dict[int, Journal] = {}
_here = _local()
_generation = 0
_watching = False
_limits: Limits | None = None
_pending: list[tuple[str, str]] = []
_uncounted = 0
"""Failures of ours that no journal has counted yet."""
after_fork: list[Callable[[], None]] = []
"""What other modules have to forget in a child of fork."""
introduced = False
"""Whether this process has said that it is alive."""


def begin(key: str, variables: dict[str, str]) -> None:
    """Take part in run `key`. Nothing is opened yet."""
    global run, _limits, _here
    run = key
    _here = _local()
    environment.clear()
    environment.update(variables)
    _limits = None


def region() -> Region:
    """This thread's region of this process's journal."""
    try:
        return _here.region  # type: ignore[no-any-return]
    except AttributeError:
        journal = _journals.get(_generation)
        here = _here.region = (journal if journal is not None else _open()).region()
        return here


def is_open() -> bool:
    """Whether this process has said anything yet."""
    return _generation in _journals


def generation() -> int:
    """How many forks lie between this process and the interpreter's start."""
    return _generation


def watch_forks() -> None:
    """From now on every child of fork gets an identity and a journal of its own, raw os.fork included."""
    global _watching
    if not _watching:
        _watching = True
        os.register_at_fork(after_in_child=_forked)


def _forked() -> None:
    """What the parent had open stays mapped, and is never written or closed here."""
    global _generation, _here, _uncounted, introduced, run
    if not run:
        return
    try:
        _generation += 1
        introduced = False
        _uncounted = 0
        _here = _local()
        _pending.clear()
        identity.forked()
        for forget in after_fork:
            forget()
    except Exception:
        run = ""


def directory() -> str:
    """Where this run's segments go."""
    from procscope.runtime.instrument import spool

    return os.path.join(spool.path(environment), run)


def limits() -> Limits:
    """The settings that say what is captured."""
    global _limits
    if _limits is None:
        from procscope.runtime.instrument.limits import of

        _limits = of(environment)
    return _limits


def _open() -> Journal:
    global introduced
    from procscope.runtime.instrument import facts
    from procscope.runtime.journal.writer import Identity, Journal

    birth = identity.me()
    fresh = Journal(directory(), Identity(run, birth.process, birth.parent, birth.pool), limits().spool_cap)
    # Two threads may come here at once: the first one's journal is the process's.
    journal = _journals.setdefault(_generation, fresh)
    if journal is fresh:
        try:
            facts.alive(birth)
            settle()
        except BaseException:  # it has not said who it is: the next one will
            _journals.pop(_generation, None)
            introduced = False
            raise
    return journal


def settle() -> None:
    """Tell and count what could not be told when it happened."""
    global _uncounted
    if not (_uncounted or _pending):
        return
    from procscope.runtime.instrument import facts

    count, _uncounted = _uncounted, 0
    try:
        region().drop(4, count)  # events.Drop.HOOK_FAILED
    except BaseException:
        _uncounted += count
        raise
    while _pending:
        facts.not_observed(*_pending[0])
        del _pending[:1]


def not_observed(group: str, reason: str) -> None:
    """Hooks of `group` are not in place. Told once there is a journal, or at once if there is one."""
    _pending.append((group, reason))
    try:
        if is_open():
            settle()
    except Exception as error:
        if thrown.by_program(error):
            raise


def hook_failed() -> None:
    """Count a fact that our own code failed to write; where that raises, it is counted later."""
    global _uncounted
    if run:
        _uncounted += 1
        settle()


def our_fault(group: str, error: BaseException) -> None:
    """Say that our own code failed and that `group` is switched off."""
    from procscope.runtime.instrument import facts

    facts.our_fault(group, error)


def tell_later(group: str, error: BaseException) -> None:
    """The same, when there is a journal again."""
    _pending.append((group, "switched off after a failure of procscope: " + type(error).__name__))
