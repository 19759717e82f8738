"""The run this process is part of, as the database has it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from procscope.cli.asking import store_of
from procscope.cli.settle import PATIENCE, settle
from procscope.runtime.diagnosis.facts import FailureGroup
from procscope.runtime.diagnosis.incidents import Incident
from procscope.runtime.diagnosis.rules import diagnose
from procscope.runtime.errors import ProcscopeError
from procscope.runtime.instrument import identity, recorder
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Failure, Process, Run

_MOST = 1000


@dataclass(frozen=True, slots=True)
class View:
    """What is known of the run now. `whole`: everything written before it was asked for is in it."""

    store: Store
    run: Run
    whole: bool

    def incidents(self, since_us: int) -> list[Incident]:
        """What went wrong in this run since then, the worst first; of exceptions, those of this process's family."""
        facts = replace(self.store.facts(), failures=tuple(self._failures(since_us)))
        return [found for found in diagnose(facts) if found.run == self.run.key and found.since_us >= since_us]

    def _failures(self, since_us: int) -> Iterator[FailureGroup]:
        """By function, stage and type: the run's own groups are of all its processes, and of all its time."""
        ours = {self.me, *(row.id for row in self.family())}
        groups: dict[tuple[str | None, str, str], list[Failure]] = {}
        for failure in self.store.failures(self.run.id, limit=_MOST):
            if failure.at_us >= since_us and failure.process_id in ours:
                groups.setdefault((failure.func, failure.stage, failure.type), []).append(failure)
        for (func, stage, kind), found in groups.items():
            last, first = found[0], found[-1]
            yield FailureGroup(
                self.run.key, self.run.name, func, stage, kind, last.message, len(found), first.at_us, last.at_us,
                last.task_id,
            )  # fmt: skip

    @property
    def me(self) -> int:
        """The id of this process, 0 where it is not known yet."""
        return next((row.id for row in self.store.processes(self.run.id) if row.uid == identity.me().process), 0)

    def family(self) -> list[Process]:
        """The processes that this one started, and those they started."""
        return descendants(self.store.processes(self.run.id), identity.me().process)


def settings() -> Settings:
    """Those the run began with: the program may have changed its environment since."""
    return Settings.from_environment(recorder.environment)


@contextmanager
def look(patience: float = PATIENCE) -> Iterator[View | None]:
    """The run, settled; None where there is none or nothing can be asked. Nothing stays open: tests fork."""
    store = None
    try:
        whole = bool(recorder.run) and settle(settings(), patience=patience)
        store = store_of(settings()) if recorder.run else None
        run = store.run(recorder.run) if store is not None else None
    except ProcscopeError:
        run = None
    try:
        yield View(store, run, whole) if store is not None and run is not None else None
    finally:
        if store is not None:
            store.close()


def wait_for_collector(patience: float = 15.0) -> bool:
    """Until the run is in the database, which is the case when a collector just started is at work."""
    end = time.monotonic() + patience
    while recorder.run and time.monotonic() < end:
        with look(max(0.0, end - time.monotonic())) as view:
            if view is not None:
                return True
        time.sleep(0.05)
    return False


def descendants(processes: Iterable[Process], uid: int) -> list[Process]:
    """Those below the process of that uid, oldest first."""
    rows = sorted(processes, key=lambda row: row.id)
    known = {row.id for row in rows if row.uid == uid}
    size = 0
    while len(known) != size:
        size = len(known)
        known |= {row.id for row in rows if row.parent_id in known}
    return [row for row in rows if row.id in known and row.uid != uid]
