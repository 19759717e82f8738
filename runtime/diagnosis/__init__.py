"""Pure rules: from facts about the present to incidents in words. `diagnose` is the door."""

from __future__ import annotations

from procscope.runtime.diagnosis.facts import Facts
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.rules import all_is_well, diagnose

__all__ = ["Facts", "Incident", "Level", "all_is_well", "diagnose"]
