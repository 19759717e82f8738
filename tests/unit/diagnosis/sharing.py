"""Stands to diagnose: who holds and who waits, in as few words as possible."""

from __future__ import annotations

from typing import Any

from procscope.runtime.diagnosis import Incident, diagnose
from procscope.runtime.diagnosis.sharing_facts import Sharing, Stand, Thing, Who
from tests.unit.diagnosis.cases import NOW, SECOND, facts

A = Thing(1, "4f", "Lock", "lock_a", "/srv/job.py:5", size=1)
B = Thing(2, "4f", "Lock", "lock_b", "/srv/job.py:6", size=1)


def who(pid: int, **values: Any) -> Who:
    """A living process of that pid; its row's id is the same."""
    return Who(**{"process_id": pid, "pid": pid, "kind": "process", "alive": True, **values})


def killed(pid: int, **values: Any) -> Who:
    """One that SIGKILL ended four seconds ago."""
    return who(pid, **{"alive": False, "signal": 9, "ended_us": NOW - 4 * SECOND, **values})


def holds(
    whose: Who | int, thing: Thing, site: str = "/srv/job.py:20 in first", age_s: float = 9, thread: int = 1
) -> Stand:
    """It holds `thing` for so long."""
    one = who(whose) if isinstance(whose, int) else whose
    return Stand("4f", one, thread, "holds", NOW - int(age_s * SECOND), site, thing)


def waits(
    whose: Who | int, thing: Thing | None, what: str = "acquire", age_s: float = 3.2, thread: int = 1, **target: int
) -> Stand:
    """It waits for so long."""
    one = who(whose) if isinstance(whose, int) else whose
    return Stand("4f", one, thread, what, NOW - int(age_s * SECOND), "/srv/job.py:21 in first", thing, **target)


def found(*stands: Stand, leaked: tuple[Thing, ...] = (), **values: Any) -> list[Incident]:
    """The incidents of a moment in which these stand."""
    return diagnose(facts(sharing=Sharing(stands, leaked), **values))


def texts(*stands: Stand, **values: Any) -> list[str]:
    """Their sentences."""
    return [incident.text for incident in found(*stands, **values)]
