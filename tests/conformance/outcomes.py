"""Two runs of one suite, compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PASSING = frozenset({"ok", "skipped", "expected failure"})
MISSING = "missing"


class Outcome(NamedTuple):
    """What became of a test: ok, skipped, failure, error, … and why."""

    outcome: str
    detail: str = ""


class Difference(NamedTuple):
    """A test that ended otherwise under observation."""

    test: str
    bare: Outcome
    observed: Outcome

    def __str__(self) -> str:
        return f"{self.test}: {self.bare.outcome} bare, {self.observed.outcome} observed {self.observed.detail}"


def read(path: Path) -> dict[str, Outcome]:
    """Outcomes by test id, from the recorder's lines; a line that was cut off by a kill is left out."""
    found: dict[str, Outcome] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            test, outcome, detail = json.loads(line)
        except ValueError:
            continue
        found[test] = Outcome(outcome, detail)
    return found


def differences(bare: Mapping[str, Outcome], observed: Mapping[str, Outcome]) -> list[Difference]:
    """Tests whose outcome differs, in order of id; one that is in only one of the runs is "missing" in the other."""
    none = Outcome(MISSING)
    pairs = ((test, bare.get(test, none), observed.get(test, none)) for test in sorted({*bare, *observed}))
    return [Difference(*pair) for pair in pairs if pair[1].outcome != pair[2].outcome]


def listed(counts: Counter[str]) -> str:
    """'379 ok, 1 skipped'."""
    return ", ".join(f"{n} {name}" for name, n in counts.most_common()) or "none"
