"""The standard library must not notice us: its own tests end alike, bare and observed.

A part that has caught us before, on the oldest and the newest Python; `make conformance` runs all of it on all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import suites
from tests.conformance.harness import Harness
from tests.conformance.outcomes import Difference, Outcome, differences, read
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
    wrong = [str(difference) for suite in chosen for difference in harness.differences(suite)]
    assert not wrong, "\n".join(wrong)


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
