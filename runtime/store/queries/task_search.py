"""Which tasks a query means: conditions on rows, those among them that an index serves, and a bounded scan.

Names are resolved to ids first, so that a condition is integers in a column. The index that holds the fewest
candidates is the path; its entries are read from the newest down, at most SCAN of them a call, and the other
conditions filter what it yields.
"""

from __future__ import annotations

from collections.abc import Sequence

from procscope.runtime.events import State
from procscope.runtime.store.queries.conditions import CHANGED, OPEN, UNUSUAL, Condition, Search, add_durations
from procscope.runtime.store.queries.reading import Reader
from procscope.runtime.store.query_grammar import TaskQuery, function_matcher

MANY = 200
"""At most so many runs, pools or processes (the newest) are looked at under one name or pid."""


class SearchQueries(Reader):
    """From a TaskQuery to a Search."""

    def _search(self, query: TaskQuery, now_us: int) -> Search:
        search = Search()
        self._add_names(search, query)
        self._add_states(search, query)
        add_durations(search, query)
        self._add_since(search, query, now_us)
        for i, word in enumerate(query.words):
            self._add_word(search, f"w{i}", word, no=False)
        for i, word in enumerate(query.no_words):
            self._add_word(search, f"x{i}", word, no=True)
        return search

    def _add_names(self, search: Search, query: TaskQuery) -> None:
        if query.workers:
            search.ids("t.process_id", self._process_ids(query.workers), indexed=True)
        if query.funcs:
            search.ids("t.func_id", self._func_ids(query.funcs), indexed=True)
        if query.runs:
            runs = self._run_ids(query.runs)
            search.ids("t.run_id", runs, indexed=True)
            self._bound(search, runs)
        if query.pools:
            search.ids("t.pool_id", self._pool_ids(query.pools))
        self._add_negated_names(search, query)

    def _add_negated_names(self, search: Search, query: TaskQuery) -> None:
        if query.no_workers:
            search.ids("t.process_id", self._process_ids(query.no_workers), no=True)
        if query.no_funcs:
            search.ids("t.func_id", self._func_ids(query.no_funcs), no=True)
        if query.no_runs:
            search.ids("t.run_id", self._run_ids(query.no_runs), no=True)
        if query.no_pools:
            search.ids("t.pool_id", self._pool_ids(query.no_pools), no=True)

    def _func_ids(self, patterns: Sequence[str]) -> list[int]:
        matchers = [function_matcher(pattern) for pattern in patterns]
        return [number for number, name in self._all_functions().items() if any(m(name) for m in matchers)]

    def _process_ids(self, pids: Sequence[int]) -> list[int]:
        sql = "SELECT id FROM processes WHERE pid IN :pids ORDER BY id DESC LIMIT :many"
        return [row[0] for row in self._rows(sql, pids=list(pids), many=MANY)]

    def _pool_ids(self, names: Sequence[str]) -> list[int]:
        sql = "SELECT id FROM pools WHERE lower(name) IN :names ORDER BY id DESC LIMIT :many"
        return [row[0] for row in self._rows(sql, names=[name.lower() for name in names], many=MANY)]

    def _run_ids(self, wanted: Sequence[str]) -> list[int]:
        found: list[int] = []
        for word in wanted:
            if word == "last":
                rows = self._rows("SELECT id FROM runs ORDER BY id DESC LIMIT 1")
            else:
                sql = """SELECT id FROM runs WHERE (key >= :low AND key < :high) OR name = :word
                         ORDER BY id DESC LIMIT :many"""
                rows = self._rows(sql, low=word.lower(), high=word.lower() + "~", word=word, many=MANY)
            found += [row[0] for row in rows]
        return sorted(set(found))

    def _bound(self, search: Search, runs: Sequence[int]) -> None:
        if not runs:
            return
        sql = """SELECT min(low), max(high) FROM (SELECT
                 (SELECT min(t.id) FROM tasks t WHERE t.run_id = r.id) AS low,
                 (SELECT max(t.id) FROM tasks t WHERE t.run_id = r.id) AS high FROM runs r WHERE r.id IN :runs) q"""
        low, high = self._one(sql, runs=list(runs))
        search.nothing = search.nothing or low is None
        search.floor, search.ceiling = low or 0, high or 0

    def _add_states(self, search: Search, query: TaskQuery) -> None:
        states = query.states
        search.nothing = search.nothing or not states
        if not states or states == frozenset(State):
            return
        sql = f"t.state IN ({', '.join(str(int(state)) for state in sorted(states))})"
        # A partial index serves only statements that repeat its condition to the letter.
        if states <= UNUSUAL:
            streams = tuple(f"t.state = {int(state)} AND t.state NOT IN (0, 2)" for state in sorted(states))
            search.conditions.append(Condition(sql, streams))
        elif states <= OPEN:
            streams = tuple(f"t.run_id = {run} AND t.state < 2" for run in self._live_run_ids())
            search.nothing = search.nothing or not streams
            search.conditions.append(Condition(sql, streams, exact=False))
        else:
            search.conditions.append(Condition(sql))

    def _live_run_ids(self) -> list[int]:
        sql = "SELECT id FROM runs WHERE state = 'running' ORDER BY id DESC LIMIT :many"
        return [row[0] for row in self._rows(sql, many=MANY)]

    def _add_since(self, search: Search, query: TaskQuery, now_us: int) -> None:
        since = query.since_at_us
        if query.since_ago_us is not None:
            since = max(since or 0, now_us - query.since_ago_us)
        if since is None:
            return
        search.conditions.append(Condition(f"{CHANGED} >= {since}"))
        # A run that ended before has nothing younger: ids below those of all others need no look.
        sql = """SELECT min(low) FROM (SELECT (SELECT min(t.id) FROM tasks t WHERE t.run_id = r.id) AS low
                 FROM runs r WHERE r.finished_us IS NULL OR r.finished_us >= :since) q"""
        first = self._one(sql, since=since)[0]
        search.nothing = search.nothing or first is None
        search.floor = max(search.floor, first or 0)

    def _add_word(self, search: Search, name: str, word: str, *, no: bool) -> None:
        escaped = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        search.parameters[name] = f"%{escaped}%"
        like = f"{self._like} :{name} ESCAPE '!'"
        functions = [number for number, known in self._all_functions().items() if word.lower() in known.lower()]
        parts = [f"t.func_id IN ({', '.join(map(str, functions))})"] if functions else []
        parts += [f"t.args {like}", f"t.reason {like}"]
        parts.append(
            "t.failure_id IS NOT NULL AND EXISTS (SELECT 1 FROM failures f WHERE f.id = t.failure_id"
            f" AND (f.message {like} OR f.type {like}))"
        )
        matched = " OR ".join(parts)
        # What is compared with NULL is neither true nor false, and its negation neither.
        search.conditions.append(Condition(f"NOT coalesce({matched}, FALSE)" if no else f"({matched})"))
