"""Who holds and who waits in live runs, and memory nobody unlinked, as the rules of the diagnosis look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from procscope.runtime.diagnosis.sharing_facts import NOTHING_SHARED, Sharing, Stand, Thing, Who
from procscope.runtime.store.queries.reading import Reader

MOST = 2_000
"""More stands than these are the same few things waited for by very many."""
_HOLDS = """SELECT r.key, h.process_id, c.pid, c.kind, c.state, c.signal, c.ended_us, c.pool_id, h.thread, h.what,
 h.since_us, h.site, h.primitive_id FROM runs r CROSS JOIN holds h JOIN processes c ON c.id = h.process_id
 WHERE r.state = 'running' AND h.run_id = r.id
 ORDER BY CASE WHEN h.what IN ('holds', 'reads', 'writes') THEN 0 ELSE 1 END, h.since_us LIMIT :most"""
_THING = """p.id, r.key, p.kind, p.name, p.site, p.state, p.size, p.depth, p.unfinished, p.role, p.owner_uid, p.uid,
 p.run_id, p.process_id, c.pid, c.ended_us FROM runs r CROSS JOIN primitives p
 LEFT JOIN processes c ON c.id = p.process_id WHERE p.run_id = r.id"""
_ALIVE = ("starting", "running")
_OF_POOL = ("result", "within")


class SharingQueries(Reader):
    """The part of `facts` about what processes share."""

    def sharing(self, since_us: int) -> Sharing:
        """Of live runs; leaks also of those that ended since `since_us`."""
        rows = self._rows(f"SELECT {_THING} AND p.state = 'leaked' AND (r.state = 'running' OR r.finished_us >= :since)"
                          " ORDER BY p.id LIMIT 200", since=since_us)  # fmt: skip
        leaked = tuple(_thing(row, {}, {}) for row in rows)
        holds = self._rows(_HOLDS, most=MOST)
        if not holds and not leaked:
            return NOTHING_SHARED
        things = self._things({row[12] for row in holds if row[9] not in (*_OF_POOL, "process")})
        return Sharing(tuple(_stand(row, things) for row in holds), leaked)

    def _things(self, ids: Iterable[int]) -> dict[int, Thing]:
        """Primitives by id, with what they are a part of, two steps up."""
        if not (wanted := sorted(ids)):
            return {}
        rows = list(self._rows(f"SELECT {_THING} AND p.id IN :ids", ids=wanted))
        above = self._above(rows)
        pools = self._pools([*rows, *above])
        higher = {(row[12], row[11]): _thing(row, {}, pools) for row in self._above(above)}
        owners = {(row[12], row[11]): _thing(row, higher, pools) for row in above}
        return {row[0]: _thing(row, owners, pools) for row in rows}

    def _above(self, rows: Sequence[Any]) -> list[Any]:
        uids, runs = sorted({row[10] for row in rows if row[10]}), sorted({row[12] for row in rows})
        if not uids:
            return []
        return list(self._rows(f"SELECT {_THING} AND p.run_id IN :runs AND p.uid IN :uids", runs=runs, uids=uids))

    def _pools(self, rows: Sequence[Any]) -> dict[tuple[int, int], int]:
        """(run, uid) → id of the pools that some of `rows` are parts of."""
        uids, runs = sorted({row[10] for row in rows if row[10]}), sorted({row[12] for row in rows})
        if not uids:
            return {}
        sql = "SELECT run_id, uid, id FROM pools WHERE run_id IN :runs AND uid IN :uids"
        return {(row[0], row[1]): row[2] for row in self._rows(sql, runs=runs, uids=uids)}


def _thing(row: Any, owners: dict[tuple[int, int], Thing], pools: dict[tuple[int, int], int]) -> Thing:
    owner = (row[12], row[10])
    return Thing(*[*row[:10], owners.get(owner), pools.get(owner), *row[13:]])


def _stand(row: Any, things: dict[int, Thing]) -> Stand:
    run, process, pid, kind, state, signal, ended, pool, thread, what, since, site, target = row
    who = Who(process, pid, kind, state in _ALIVE, signal, ended, pool)
    return Stand(
        run, who, thread, what, since, site,
        thing=things.get(target) if what not in (*_OF_POOL, "process") else None,
        pool_id=target if what in _OF_POOL else None,
        process_id=target if what == "process" else None,
    )  # fmt: skip
