"""Which differences are real: those that come again when the test runs alone, two times of three."""

from __future__ import annotations

import time
from collections import Counter
from typing import NamedTuple

from tests.conformance import outcomes
from tests.conformance.harness import ConformanceError, Harness
from tests.conformance.journals import Told
from tests.conformance.outcomes import MISSING, Outcome
from tests.conformance.suites import Suite

AGAIN = 3
REAL = 2
SECONDS = 400.0


class Doubt(NamedTuple):
    """A test that ended otherwise once. Alone, bare and observed, it ended so often each way."""

    test: str
    first: str
    bare: Counter[str]
    observed: Counter[str]
    differing: int

    @property
    def real(self) -> bool:
        """Whether it is a difference and not a test that fails now and then anyway."""
        return self.differing >= REAL

    def __str__(self) -> str:
        alone = f"{outcomes.listed(self.bare)} bare; {outcomes.listed(self.observed)} observed"
        return f"{self.test}: {self.first}; alone {alone}"


class Verdict(NamedTuple):
    """A suite on one Python, run bare and observed."""

    tests: int
    same: int
    doubts: list[Doubt]
    bare: Counter[str]
    seconds: float
    told: Told

    @property
    def differences(self) -> list[Doubt]:
        """What is wrong with us."""
        return [doubt for doubt in self.doubts if doubt.real]

    @property
    def flaky(self) -> list[Doubt]:
        """What is not always the same, bare as well or once only."""
        return [doubt for doubt in self.doubts if not doubt.real]


def of(harness: Harness, suite: Suite) -> Verdict:
    """Run `suite` both ways, and what differs again alone."""
    began = time.monotonic()
    bare, observed, told = harness.both(suite)
    seconds = time.monotonic() - began
    found = outcomes.differences(bare, observed)
    total = len({*bare, *observed})
    counts = Counter(outcome.outcome for outcome in bare.values())
    doubts = [_doubt(harness, suite, difference) for difference in found]
    return Verdict(total, total - len(found), doubts, counts, seconds, told)


def _doubt(harness: Harness, suite: Suite, difference: outcomes.Difference) -> Doubt:
    modules = sorted({wanted.partition(":")[0] for wanted in suite.tests})
    alone = Suite(difference.test, tuple(f"{module}:{difference.test}" for module in modules), SECONDS)
    bare: Counter[str] = Counter()
    observed: Counter[str] = Counter()
    differing = 0
    for _ in range(AGAIN):
        one, other = _pair(harness, alone)
        bare[one] += 1
        observed[other] += 1
        differing += one != other
    return Doubt(difference.test, str(difference).partition(": ")[2], bare, observed, differing)


def _pair(harness: Harness, alone: Suite) -> tuple[str, str]:
    try:
        bare, observed, _ = harness.both(alone)
    except ConformanceError:  # a setUpClass cannot be run by its name: it stays what it was
        return "", MISSING
    none = Outcome(MISSING)
    return bare.get(alone.name, none).outcome, observed.get(alone.name, none).outcome
