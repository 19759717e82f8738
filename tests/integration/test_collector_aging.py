"""Samples grow coarser as they age, and no second is counted twice."""

from __future__ import annotations

from pathlib import Path

from procscope.runtime.collector.aging import Aging
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.writer import Writer

NOW = 1_700_000_000


def test_an_hour_of_seconds_becomes_tens_and_a_day_minutes(tmp_path: Path) -> None:
    writer = Writer(open_engine(str(tmp_path / "p.db")))
    statement = "INSERT INTO samples (process_id, step, at_s, cpu, rss) VALUES (7, 1, ?, ?, ?)"
    writer.execute([(statement, (NOW - age, 50.0, age)) for age in range(3600)])
    aging = Aging(writer)
    aging.work(NOW, [("samples", 7)])
    steps = dict(map(tuple, writer.fetch("SELECT step, count(*) FROM samples GROUP BY step")))
    assert steps[1] in range(600, 621)
    assert steps[10] in range(299, 302)
    assert writer.fetch("SELECT min(cpu), max(cpu) FROM samples") == [(50.0, 50.0)]
    aging.work(NOW + 86_400, [])
    steps = dict(map(tuple, writer.fetch("SELECT step, count(*) FROM samples GROUP BY step")))
    assert steps.keys() == {10, 60} or steps.keys() == {60}
    aging.work(NOW + 2 * 86_400, [])
    assert {row[0] for row in writer.fetch("SELECT DISTINCT step FROM samples")} == {60}
    writer.close()
