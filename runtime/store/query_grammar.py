"""The one small grammar of tasks, spoken by the search field, the URL, the API and the command line.

    query  = { ["-"] ( filter | word ) }
    filter = key ":" value { "," value }
    key    = "state" | "func" | "run" | "worker" | "pool" | "slower" | "since"
    value, word: anything without spaces, or anything in double quotes

Filters of different keys must all hold; values of one key are alternatives. Every word must occur in the function's
name, the arguments or the error, in any case. A minus turns a part round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from procscope.runtime.errors import BadQueryError
from procscope.runtime.events import State

KEYS = ("state", "func", "run", "worker", "pool", "slower", "since")
MOST = 50
STATES = {state.name.lower(): state for state in State}
_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)")
_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<key>[a-z_]+):(?!//))?(?P<rest>(?:"[^"]*"|[^\s"])*)')


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """A parsed query. Empty tuples and None ask for nothing; `no_*` are the negated ones. Times in µs."""

    text: str = ""
    states: frozenset[State] = frozenset(State)
    funcs: tuple[str, ...] = ()
    no_funcs: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    no_runs: tuple[str, ...] = ()
    workers: tuple[int, ...] = ()
    no_workers: tuple[int, ...] = ()
    pools: tuple[str, ...] = ()
    no_pools: tuple[str, ...] = ()
    slower_us: int | None = None
    """Ran for at least so long."""
    faster_us: int | None = None
    """Ran for less."""
    since_ago_us: int | None = None
    """Changed last no longer ago than this."""
    since_at_us: int | None = None
    """Changed last at this instant or later."""
    words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()


def parse(text: str) -> TaskQuery:
    """`text` as a query; raises BadQueryError that names the word and says what to write instead."""
    query = TaskQuery(text=text.strip())
    positive: set[State] = set()
    for n, (minus, key, values, word) in enumerate(_tokens(text)):
        if n >= MOST:
            raise BadQueryError(f"a query has at most {MOST} parts: leave out those from {word} on")
        if key == "state":
            states = {_state(value, word) for value in values}
            positive |= set() if minus else states
            query = replace(query, states=query.states - states) if minus else query
        else:
            query = _with(query, minus, key, values, word)
    return replace(query, states=query.states & positive) if positive else query


def _tokens(text: str) -> Iterator[tuple[bool, str, list[str], str]]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        found = _TOKEN.match(text, place)
        if found is None or found.end() == place or text[found.end() : found.end() + 1] == '"':
            raise BadQueryError(f'the quote in {_cut(text[place:])} is not closed: end it with another "')
        place = found.end()
        yield _token(found)


def _token(found: re.Match[str]) -> tuple[bool, str, list[str], str]:
    key, rest, whole = found["key"] or "", found["rest"], _cut(found[0])
    if key and key not in KEYS:
        raise BadQueryError(
            f'there is no filter {key!r} in {whole}: use {", ".join(KEYS)}, or search for the word itself as "{key}:…"'
        )
    parts = _split(rest) if key else [rest.replace('"', "")]
    if not all(parts):
        raise BadQueryError(f"{whole} lacks a value: write {key}:VALUE" if key else f"{whole} is empty: leave it out")
    return bool(found["minus"]), key, parts, whole


def _cut(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _split(rest: str) -> list[str]:
    return [part.replace('"', "") for part in re.findall(r'(?:"[^"]*"|[^,"])+|^$', rest)] or [""]


def _state(value: str, word: str) -> State:
    if value.lower() not in STATES:
        raise BadQueryError(f"{_cut(value)!r} in {word} is not a state: use {', '.join(STATES)}")
    return STATES[value.lower()]


def _with(query: TaskQuery, minus: bool, key: str, values: list[str], word: str) -> TaskQuery:
    if key in ("slower", "since"):
        if len(values) != 1:
            raise BadQueryError(f"{word} has {len(values)} values: give one")
        return _with_time(query, minus, key, values[0], word)
    name = ("no_" if minus else "") + (key + "s" if key else "words")
    if key == "worker":
        return replace(query, **{name: getattr(query, name) + tuple(_pid(value, word) for value in values)})
    return replace(query, **{name: getattr(query, name) + tuple(values)})


def _pid(value: str, word: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 10:
        raise BadQueryError(f"{_cut(value)!r} in {word} is not a process id: use a number, as in worker:4127")
    return int(value)


def _with_time(query: TaskQuery, minus: bool, key: str, value: str, word: str) -> TaskQuery:
    if key == "slower":
        limit = _duration(value, word, "slower:1s or slower:250ms")
        return replace(query, faster_us=limit) if minus else replace(query, slower_us=limit)
    if minus:
        raise BadQueryError(f"{word} cannot be turned round: leave out the minus")
    if _DURATION.fullmatch(value):
        return replace(query, since_ago_us=_duration(value, word, ""))
    return replace(query, since_at_us=_instant(value, word))


def _duration(value: str, word: str, example: str) -> int:
    found = _DURATION.fullmatch(value)
    if found is None:
        raise BadQueryError(f"{_cut(value)!r} in {word} is not a duration: use a number and a unit, as in {example}")
    return min(int(float(found[1]) * _UNITS[found[2]]), 1 << 60)


def _instant(value: str, word: str) -> int:
    try:
        moment = datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        raise BadQueryError(
            f"{_cut(value)!r} in {word} is not a time: use since:2h, or a date in UTC as in since:2025-06-01T03:00"
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return int(aware.timestamp() * 1_000_000)


Matcher = Callable[[str], bool]


def function_matcher(pattern: str) -> Matcher:
    """Whether a qualified name is meant by `func:pattern`: the whole name, its last parts, or a glob with `*`."""
    folded = pattern.lower().removesuffix("()")
    if "*" in folded:
        glob = re.compile(".*".join(re.escape(part) for part in folded.split("*")), re.DOTALL)
        return lambda name: glob.fullmatch(name.lower()) is not None
    return lambda name: name.lower() == folded or name.lower().endswith("." + folded)
