"""Which items of a batch have ended."""

from __future__ import annotations

import random

import pytest

from procscope.runtime.collector.fold.spans import Spans


def left(spans: Spans, total: int) -> list[int]:
    return [index for gap in spans.gaps(total) for index in gap]


def test_nothing_has_ended() -> None:
    assert list(Spans().gaps(3)) == [range(3)]
    assert not list(Spans().gaps(0))


@pytest.mark.parametrize("seed", range(20))
def test_chunks_that_end_in_any_order_and_overlap(seed: int) -> None:
    """A late report of a chunk that was told of in part before: its items must not count as open, or twice."""
    chance, spans, ended = random.Random(seed), Spans(), set[int]()
    for _ in range(40):
        first, n = chance.randrange(100), chance.randrange(6)
        spans.add(first, n)
        ended |= set(range(first, first + n))
        total = chance.randrange(110)
        assert left(spans, total) == [index for index in range(total) if index not in ended]


def test_neighbours_become_one_run() -> None:
    """A map of a million chunks must not be remembered chunk by chunk."""
    spans = Spans()
    for first in range(0, 10_000, 2):
        spans.add(first, 2)
    spans.add(10_002, 2)
    assert list(spans.gaps(10_004)) == [range(10_000, 10_002)]
