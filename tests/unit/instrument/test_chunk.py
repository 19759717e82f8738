"""Items of a chunk: counted, timed and reported exactly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from procscope.runtime.events import ChunkRan
from procscope.runtime.instrument import chunk as chunks
from procscope.runtime.instrument import recorder
from procscope.runtime.instrument.chunk import Chunk
from tests.support.observed import told_in


def reports(directory: Path) -> list[ChunkRan]:
    return [event for told in told_in(directory) for event in told.events if isinstance(event, ChunkRan)]


def func(x: Any) -> Any:
    return x


@pytest.mark.parametrize("size", [0, 1, 2, 511, 512, 513, 1024, 3000])
def test_every_item_is_counted_once(run_directory: Path, size: int) -> None:
    """Items at the edge of a block were counted twice."""
    chunk = Chunk(5, 1, 0, tuple(range(size)), func, False)
    assert list(map(func, chunk.counted())) == list(range(size))
    chunk.succeeded()
    (report,) = reports(run_directory)
    assert (report.first, report.succeeded, report.failed, report.rest, report.last) == (0, size, 0, 0, True)
    assert sum(count for _, count in report.buckets) == size


@pytest.mark.parametrize("at", [0, 1, 511, 512, 513, 999])
def test_the_item_that_raised(run_directory: Path, at: int) -> None:
    """Before it succeeded, it failed, after it never ran."""
    chunk = Chunk(5, 1, 0, tuple(range(1000)), func, False)
    for item in chunk.counted():
        if item == at:
            break
    assert chunk.running()[0] == at
    chunk.failed(chunk.running()[1] + 10)
    (report,) = reports(run_directory)
    assert (report.succeeded, report.failed, report.rest) == (at, 1, 999 - at)


def test_long_chunks_report_on_the_way(run_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk of an hour showed nothing for an hour."""
    monkeypatch.setattr(chunks, "_FLUSH", 1_000_000)
    chunk = Chunk(5, 1, 0, tuple(range(10)), func, False)
    for _ in chunk.counted():
        time.sleep(0.002)
    chunk.succeeded()
    seen = reports(run_directory)
    assert len(seen) > 5
    assert [event.last for event in seen[:-1]] == [False] * (len(seen) - 1)
    assert [event.first for event in seen] == [sum(e.succeeded for e in seen[:n]) for n in range(len(seen))]
    assert sum(event.succeeded for event in seen) == 10


def test_all_details(run_directory: Path, state_dir: Path) -> None:
    """--detail all lists each item once, with its arguments."""
    recorder.begin(run_directory.name, {"PROCSCOPE_STATE_DIR": str(state_dir), "PROCSCOPE_DETAIL": "all"})
    chunk = Chunk(5, 1, 0, tuple(range(2000)), func, False)
    list(chunk.counted())
    chunk.succeeded()
    items = [item for report in reports(run_directory) for item in report.slow]
    assert [item.offset for item in items] == list(range(2000))
    assert [item.args for item in items] == [str(n) for n in range(2000)]


def test_our_own_time_is_not_the_items(run_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview of a millisecond made the first item of each chunk look slow."""

    def slow_args(_chunk: Chunk, _offset: int) -> str:
        time.sleep(0.05)
        return "x"

    monkeypatch.setattr(Chunk, "args", slow_args)
    chunk = Chunk(5, 1, 0, (1, 2, 3), func, False)
    list(chunk.counted())
    chunk.succeeded()
    assert reports(run_directory)[-1].busy < 40_000_000
