from __future__ import annotations

import pytest

from procscope.dashboard import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0.00012, "120 µs"),
        (0.0041, "4.1 ms"),
        (0.041, "41 ms"),
        (3.14, "3.1 s"),
        (42, "42 s"),
        (59.99, "59 s"),
        (252, "4 m 12 s"),
        (7500, "2 h 05 m"),
        (90_000, "1 d 1 h"),
        (-1, "0 µs"),
    ],
)
def test_durations_read_at_a_glance_and_never_round_up_to_the_next_unit(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said


def test_times_survive_the_way_to_text_and_back_to_the_microsecond() -> None:
    us = 1_763_800_000_123_456
    assert words.iso(us) == "2025-11-22T08:26:40.123456Z"
    assert words.micros(str(words.iso(us))) == us


def test_ages_are_relative_to_the_model_and_not_to_the_rendering_machine() -> None:
    now = "2026-01-01T00:10:00.000000Z"
    assert words.age("2026-01-01T00:07:00.000000Z", now) == "3 m ago"
    assert words.age("2026-01-01T00:10:00.500000Z", now) == "just now"
    assert words.age(None, now) == words.NOTHING


def test_sizes_and_counts_group_and_carry_units() -> None:
    assert [words.size(n) for n in (0, 999, 432_013_312, 2_040_109_465)] == ["0 B", "999 B", "412 MB", "1.9 GB"]
    assert [words.count(n) for n in (1204, 0.5, 141.7)] == ["1,204", "0.5", "142"]
