"""Pages of tasks by keyset: the path, the bounded scan, the merge of its streams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from procscope.runtime.store.queries.conditions import CHANGED, Condition, Search
from procscope.runtime.store.queries.task_search import SearchQueries

SCAN = 8_000
"""So many rows a call looks at, at the most: in the order of the table about a millisecond for each thousand."""
SCAN_INDEXED = 2_000
"""The same through an index, where each row is a look-up of its own."""
STREAMS = 8
"""So many ranges of an index a call reads; of more, those with the newest tasks."""
PROBE = 2_000
_COLUMN = re.compile(r"\bt\.(\w+)")
_EVERYTHING = Condition("t.id > 0", ("t.id > 0",))


@dataclass(frozen=True)
class Found:
    """Ids newest first; `next` and `searched_to_us` as in TaskPage."""

    ids: list[int]
    next: int | None
    searched_to_us: int | None


class ScanQueries(SearchQueries):
    """From a Search to ids."""

    def _find(self, search: Search, before: int | None, limit: int) -> Found:
        if search.nothing:
            return Found([], None, None)
        if before is not None:
            search.ceiling = min(search.ceiling, before - 1)
        path = self._path(search)
        rest = [condition.sql for condition in search.conditions if condition is not path or not path.exact]
        if path.by_duration:
            return self._find_sorted(search, path, rest, limit)
        return self._find_streamed(search, path, rest, limit)

    def _path(self, search: Search) -> Condition:
        """The condition whose index has the fewest candidates; every task where there is none."""
        indexed = [condition for condition in search.conditions if condition.streams]
        if not indexed or (len(indexed) == 1 and not indexed[0].by_duration):
            return indexed[0] if indexed else _EVERYTHING
        counts = self._one("SELECT " + ", ".join(_probe(search, condition) for condition in indexed))
        order = sorted(zip(counts, range(len(indexed)), strict=True))
        # In an index of another order all candidates must be read for one page: only where they are few.
        good = [indexed[i] for n, i in order if n < PROBE or not indexed[i].by_duration]
        return good[0] if good else _EVERYTHING

    def _find_sorted(self, search: Search, path: Condition, rest: list[str], limit: int) -> Found:
        sql = f"SELECT t.id FROM tasks t WHERE {' AND '.join([path.streams[0], *rest])}"
        ids = sorted((row[0] for row in self._rows(sql, **search.parameters)), reverse=True)
        ids = [number for number in ids if search.floor <= number <= search.ceiling]
        return Found(ids[:limit], ids[limit - 1] if len(ids) > limit else None, None)

    def _find_streamed(self, search: Search, path: Condition, rest: list[str], limit: int) -> Found:
        scan = SCAN if path is _EVERYTHING else SCAN_INDEXED
        bounds: dict[str, Any] = {"floor": search.floor, "ceiling": search.ceiling}
        streams, unread = self._newest([f"{s} AND t.id BETWEEN :floor AND :ceiling" for s in path.streams], bounds)
        if not streams:
            return Found([], None, None)
        cap = max(limit + 1, scan // len(streams)) if rest else limit + 1
        parts = [f"SELECT * FROM ({_filtered(i, s, rest, cap)}) s{i}" for i, s in enumerate(streams)]
        rows = self._rows(" UNION ALL ".join(parts), limit=limit + 1, **bounds, **search.parameters)
        found: list[list[int]] = [[] for _ in streams]
        for stream, number in rows:
            found[stream].append(number)
        reached = max(unread, self._reached(streams, found, cap if rest else None, bounds, limit))
        ids = sorted((number for numbers in found for number in numbers if number >= reached), reverse=True)
        if len(ids) > limit:
            return Found(ids[:limit], ids[limit - 1], None)
        return Found(ids, reached or None, self._changed(reached) if reached else None)

    def _newest(self, streams: list[str], bounds: dict[str, Any]) -> tuple[list[str], int]:
        """The streams to read, those with the newest tasks, and the id below which others have some too (0: none)."""
        if len(streams) <= STREAMS:
            return streams, 0
        parts = [
            f"SELECT {i} AS stream, (SELECT max(t.id) FROM tasks t WHERE {stream}) AS last"
            for i, stream in enumerate(streams)
        ]
        heads = sorted(
            (row for row in self._rows(" UNION ALL ".join(parts), **bounds) if row[1]), key=lambda row: -row[1]
        )
        return [streams[row[0]] for row in heads[:STREAMS]], heads[STREAMS][1] + 1 if len(heads) > STREAMS else 0

    def _reached(
        self, streams: list[str], found: list[list[int]], cap: int | None, bounds: dict[str, Any], limit: int
    ) -> int:
        """The id down to which every stream was searched; 0 when all were searched to their ends."""
        ends = [min(numbers) for numbers in found if len(numbers) > limit]
        short = [stream for stream, numbers in zip(streams, found, strict=True) if len(numbers) <= limit]
        if cap is not None and short:
            parts = [
                f"SELECT * FROM (SELECT t.id FROM tasks t WHERE {s} ORDER BY t.id DESC LIMIT 1 OFFSET {cap - 1}) s{i}"
                for i, s in enumerate(short)
            ]
            ends += [row[0] for row in self._rows(" UNION ALL ".join(parts), **bounds)]
        return max(ends, default=0)

    def _changed(self, task_id: int) -> int | None:
        row = self._one(f"SELECT {CHANGED} FROM tasks t WHERE t.id = :id", id=task_id)
        return int(row[0]) if row and row[0] is not None else None


def _filtered(number: int, stream: str, rest: list[str], cap: int) -> str:
    # Only the columns that are looked at: SQLite copies every one of a subquery with a limit.
    filters = " AND ".join(rest)
    columns = ", ".join(f"t.{name}" for name in sorted({"id", *_COLUMN.findall(filters)}))
    inner = f"SELECT {columns} FROM tasks t WHERE {stream} ORDER BY t.id DESC LIMIT {cap}"
    where = f"WHERE {filters}" if rest else ""
    return f"SELECT {number} AS stream, t.id FROM ({inner}) t {where} LIMIT :limit"


def _probe(search: Search, condition: Condition) -> str:
    within = "" if condition.by_duration else f" AND t.id BETWEEN {search.floor} AND {search.ceiling}"
    counts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM tasks t WHERE {stream}{within} LIMIT {PROBE}) q{i})"
        for i, stream in enumerate(condition.streams[:20])
    ]
    return " + ".join(counts)
