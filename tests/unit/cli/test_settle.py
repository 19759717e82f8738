"""Waiting for the collector before answering."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from procscope.cli import lock, settle
from procscope.runtime.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty spool."""
    found = Settings(state_dir=str(tmp_path))
    Path(found.spool).mkdir()
    return found


def a_run(settings: Settings) -> None:
    """A run's directory with its manifest."""
    directory = Path(settings.spool, "4f21c9aabbcc")
    directory.mkdir()
    (directory / "run.json").write_text(json.dumps({"key": directory.name}))


def test_an_empty_spool_needs_no_waiting(settings: Settings) -> None:
    """`procscope runs` on a quiet machine must not start a collector, nor wait for one."""
    assert settle.settle(settings)


def test_waits_for_the_pass_that_read_everything(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that ran a program and asked at once saw the run without its last tasks."""
    passes = iter([lock.Holder(1, 5), lock.Holder(1, 9), lock.Holder(1, 10), lock.Holder(1, 11)])
    monkeypatch.setattr(lock, "holder", lambda _: next(passes))
    assert settle.settle(settings, since=10)
    assert next(passes).caught_up == 11


def test_gives_up_on_a_stuck_collector(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer from what is there beats no answer."""
    monkeypatch.setattr(lock, "holder", lambda _: lock.Holder(1, 0))
    assert not settle.settle(settings, patience=0.05)


def test_starts_a_collector_where_a_run_lies_uncollected(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector was killed with the job; whoever asks next brings one back."""
    a_run(settings)
    started: list[Settings] = []

    def start(given: Settings) -> bool:
        started.append(given)
        return True

    monkeypatch.setattr(settle, "_start", start)
    monkeypatch.setattr(lock, "holder", lambda _: lock.Holder(1, time.time_ns()) if started else None)
    assert settle.settle(settings)
    assert started == [settings]


def test_nobody_can_collect(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spool on a read-only disk: answer from the database at once."""
    a_run(settings)
    monkeypatch.setattr(settle, "_start", lambda _: False)
    assert not settle.settle(settings, patience=60)
