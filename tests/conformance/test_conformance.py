"""The standard library must not notice us: its own tests end alike, bare and observed.

A part that has caught us before, on the oldest and the newest Python; `make conformance` runs all of it on all.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conformance import borrowed, suites, verdict
from tests.conformance.harness import Harness
from tests.conformance.outcomes import Difference, Outcome, differences, read
from tests.conformance.verdict import Doubt
from tests.support.pythons import interpreter, present, wanted


def _edges() -> list[str]:
    """The oldest and the newest version that is here or has to be."""
    versions = {found.version for found in present()} | {(3, int(version.split(".")[1])) for version in wanted()}
    ordered = [f"{major}.{minor}" for major, minor in sorted(versions)]
    return sorted({ordered[0], ordered[-1]}) if ordered else []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", _edges())
def test_the_standard_library_s_own_tests_end_alike(version: str, tmp_path: Path) -> None:
    """A result that came late, an exception kept alive or one thread too many: each once broke a CPython test."""
    harness = Harness(interpreter(version), tmp_path)
    chosen = suites.small()
    if harness.has(suites.FUTURES):
        chosen.append(suites.small_futures())
    for suite in chosen:
        found = verdict.of(harness, suite)
        assert not found.differences, "\n".join(map(str, found.differences))
        assert not found.told.faults, found.told.faults


def test_comparing_finds_what_changed_and_what_went_missing(tmp_path: Path) -> None:
    """A comparison that skips tests which died half-way would call a crash a pass."""
    path = tmp_path / "outcomes"
    path.write_text('["a", "ok", ""]\n["b", "failure", "no"]\n["c", "ok"')
    observed = read(path)
    bare = {name: Outcome("ok") for name in "abc"}
    assert differences(bare, observed) == [
        Difference("b", Outcome("ok"), Outcome("failure", "no")),
        Difference("c", Outcome("ok"), Outcome("missing")),
    ]


def test_a_difference_is_one_that_comes_again() -> None:
    """A test that fails now and then by itself once had a hook taken out for nothing."""
    once = Doubt("t", "ok bare, error observed", Counter(ok=3), Counter(ok=2, error=1), 1)
    assert not once.real
    assert once._replace(differing=2).real
    assert str(once) == "t: ok bare, error observed; alone 3 ok bare; 2 ok, 1 error observed"


def test_the_nearest_older_suite_is_borrowed() -> None:
    """A newer suite asked for helpers that the older Python does not have: three modules of it did not even load."""
    whose = {interpreter(found.full).version: borrowed.lender(found) for found in present()}
    for version, lent in whose.items():
        assert lent is None or lent.minor == version[1] or lent.minor < version[1]
