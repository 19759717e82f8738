"""The query grammar: what is understood, and what is refused in one useful sentence."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from procscope.runtime.errors import BadQueryError
from procscope.runtime.events import State
from procscope.runtime.store.query_grammar import TaskQuery, function_matcher, parse

ALL = frozenset(State)


def said(text: str) -> dict[str, Any]:
    """What a query asks for, beyond nothing."""
    query, empty = parse(text), TaskQuery()
    names = [field.name for field in fields(TaskQuery) if field.name != "text"]
    return {name: getattr(query, name) for name in names if getattr(query, name) != getattr(empty, name)}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", {}),
        ("state:failed", {"states": {State.FAILED}}),
        ("state:failed,lost", {"states": {State.FAILED, State.LOST}}),
        ("state:failed state:LOST", {"states": {State.FAILED, State.LOST}}),
        ("-state:succeeded", {"states": ALL - {State.SUCCEEDED}}),
        ("state:failed -state:failed", {"states": frozenset()}),
        ("func:resize -func:load", {"funcs": ("resize",), "no_funcs": ("load",)}),
        ('func:"a b",c', {"funcs": ("a b", "c")}),
        ("run:last run:4f2", {"runs": ("last", "4f2")}),
        ("worker:4127,4128", {"workers": (4127, 4128)}),
        ('pool:"my pool" -pool:fetch', {"pools": ("my pool",), "no_pools": ("fetch",)}),
        ("slower:250ms -slower:1.5s", {"slower_us": 250_000, "faster_us": 1_500_000}),
        ("since:2h", {"since_ago_us": 7_200_000_000}),
        ("since:2025-06-01T03:00Z", {"since_at_us": 1_748_746_800_000_000}),
        ("since:2025-06-01", {"since_at_us": 1_748_736_000_000_000}),
        ('boom "two words" -quiet', {"words": ("boom", "two words"), "no_words": ("quiet",)}),
    ],
)
def test_queries_mean_what_they_say(text: str, meaning: dict[str, Any]) -> None:
    """A filter that is quietly ignored shows the wrong tasks to somebody in a hurry."""
    assert said(text) == meaning


@pytest.mark.parametrize("word", ["s3://bucket/23", "https://x/y", "C:\\x", "KeyError:", "'IMG_1.png',", "A:B:C"])
def test_words_with_colons_are_words(word: str) -> None:
    """People paste what they see: a URL in the arguments is not a filter."""
    assert said(word) == {"words": (word,)}


@pytest.mark.parametrize(
    ("text", "named", "remedy"),
    [
        ("state:faild", "'faild'", "use pending, running"),
        ("stat:failed", "'stat'", "use state, func"),
        ("state:", "state:", "state:VALUE"),
        ("worker:12a", "'12a'", "worker:4127"),
        ("worker:" + "9" * 30, "'999", "worker:4127"),
        ("slower:1", "'1'", "slower:1s"),
        ("slower:1s,2s", "slower:1s,2s", "give one"),
        ("since:yesterday", "'yesterday'", "since:2h"),
        ("-since:2h", "-since:2h", "leave out the minus"),
        ('func:"open', '"open', "end it"),
        ('"open', '"open', "end it"),
        ("-", "-", "leave it out"),
        ('""', '""', "leave it out"),
    ],
)
def test_mistakes_are_named_with_a_remedy(text: str, named: str, remedy: str) -> None:
    """'invalid query' teaches nobody the grammar."""
    with pytest.raises(BadQueryError) as caught:
        parse("boom " + text)
    assert named in str(caught.value)
    assert remedy in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("resize", "nightly.resize", True),
        ("RESIZE()", "nightly.resize", True),
        ("nightly.resize", "nightly.resize", True),
        ("resize", "nightly.presize", False),
        ("Report.run", "a.b.Report.run", True),
        ("re*", "resize", True),
        ("re*", "nightly.resize", False),
        ("*size", "nightly.resize", True),
        ("load", "download", False),
    ],
)
def test_functions_go_by_their_last_names(pattern: str, name: str, fits: bool) -> None:
    """func:load that also shows download() hides the three that matter."""
    assert function_matcher(pattern)(name) is fits


def test_a_hostile_query_is_answered_at_once() -> None:
    """A pattern that backtracks for minutes takes a viewer's thread with it."""
    for hostile in ('"a' * 4001, "a" * 100_000 + '"', "state:" + "x," * 5000, "w " * 51):
        with pytest.raises(BadQueryError) as caught:
            parse(hostile)
        assert len(str(caught.value)) < 300
