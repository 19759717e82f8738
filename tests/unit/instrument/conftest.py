"""Observation that begins in a test ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.runtime.instrument import identity, recorder

KEY = "0123456789ab"


@pytest.fixture
def run_directory(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A run that this process takes part in, as far as the recorder is concerned; its directory."""
    directory = state_dir / "spool" / KEY
    directory.mkdir(parents=True, mode=0o700)
    before = dict(recorder.environment)
    generation = recorder._generation
    monkeypatch.setattr(recorder, "_generation", generation + 1_000_000)
    monkeypatch.setattr(recorder, "introduced", False)
    monkeypatch.setattr(recorder, "run", "")
    identity.become(None)
    recorder.begin(KEY, {"PROCSCOPE_STATE_DIR": str(state_dir)})
    yield directory
    recorder._journals.pop(generation + 1_000_000, None)
    recorder.begin("", before)
    identity.become(None)
