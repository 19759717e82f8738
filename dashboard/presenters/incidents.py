"""An incident as one line that leads to what is wrong."""

from __future__ import annotations

from typing import Any

from procscope.dashboard.presenters.nodes import pool_key, process_key
from procscope.dashboard.words import iso
from procscope.runtime.diagnosis.incidents import Incident


def incident_line(incident: Incident) -> dict[str, Any]:
    """The element of overview.incidents."""
    return {
        "id": incident.id,
        "level": incident.level.name.lower(),
        "text": incident.text,
        "since": iso(incident.since_us),
        "run": incident.run,
        "pid": incident.pid,
        "href": _place(incident),
    }


def _place(incident: Incident) -> str:
    if incident.task_id is not None:
        return f"/tasks/{incident.task_id}"
    page = f"/runs/{incident.run}"
    if incident.process_id is not None:
        return f"{page}#{process_key(incident.process_id)}"
    return f"{page}#{pool_key(incident.pool_id)}" if incident.pool_id is not None else page
