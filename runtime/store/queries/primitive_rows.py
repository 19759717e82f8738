"""What processes share: each primitive with the sums over its processes, and who holds it and waits for it."""

from __future__ import annotations

from procscope.runtime.store.queries.primitive_parts import Gathered, folded
from procscope.runtime.store.queries.reading import Reader
from procscope.runtime.store.rows import Edge, Holder, Primitive

_PRIMITIVES = """SELECT p.id, p.run_id, p.uid, p.kind, p.name, p.site, p.owner_uid, p.role, c.pid, p.process_id,
 p.created_us, p.size, p.state, p.depth, p.unfinished FROM primitives p LEFT JOIN processes c ON c.id = p.process_id
 WHERE p.run_id = :run ORDER BY p.id"""
_USES = """SELECT u.primitive_id, u.process_id, c.pid, c.name, u.acquired, u.released, u.contended, u.items_in,
 u.items_out, u.bytes_in, u.bytes_out, u.calls, u.wait_us, u.blocked_us, u.hold_us, u.waits, u.holds
 FROM primitive_uses u LEFT JOIN processes c ON c.id = u.process_id
 WHERE u.run_id = :run ORDER BY u.primitive_id, u.process_id"""
_HOLDS = """SELECT h.primitive_id, h.process_id, c.pid, c.name, h.thread, h.what, h.since_us, h.site, c.state
 FROM holds h JOIN processes c ON c.id = h.process_id
 WHERE h.run_id = :run AND h.what NOT IN ('process', 'result', 'within')
 ORDER BY h.since_us, h.process_id"""
_HAVE = ("holds", "reads", "writes")
_ALIVE = ("starting", "running")
_EDGES_MOST = 1000
"""Where more pairs than this share one channel, nobody could read a drawing of them."""


class PrimitiveQueries(Reader):
    """Locks, channels, shared memory, managers."""

    def primitives(self, run_id: int, *, parts: bool = False) -> list[Primitive]:
        """Every primitive of a run, oldest first. Without `parts`, the locks inside of others are folded into these,
        and what pools are made of is left out."""
        found = self._gathered(run_id)
        return [one.primitive() for one in (found if parts else folded(found))]

    def primitive(self, primitive_id: int) -> Primitive | None:
        """One primitive by its row's id, with its parts folded into it."""
        row = self._one("SELECT run_id FROM primitives WHERE id = :id", id=primitive_id)
        found = self._gathered(row[0]) if row else []
        folded(found)
        return next((one.primitive() for one in found if one.row[0] == primitive_id), None)

    def edges(self, run_id: int) -> list[Edge]:
        """Who feeds whom, through which channel. Where several put in and several take out, what each consumer took
        is shared out in proportion to what each producer put in: nobody knows more."""
        return [edge for one in self.primitives(run_id) for edge in _edges(one)]

    def _gathered(self, run_id: int) -> list[Gathered]:
        with self.snapshot():
            found = {row[0]: Gathered(row) for row in self._rows(_PRIMITIVES, run=run_id)}
            uses = self._rows(_USES, run=run_id) if found else []
            holds = self._rows(_HOLDS, run=run_id) if found else []
        for use in uses:
            if use[0] in found:
                found[use[0]].use(use[1:4], use[4:15], use[15], use[16])
        for row in holds:
            if row[0] in found:
                one, holder = found[row[0]], Holder(*[*row[1:8], row[8] in _ALIVE])
                (one.holders if holder.what in _HAVE else one.waiters).append(holder)
        return list(found.values())


def _edges(one: Primitive) -> list[Edge]:
    pairs = [(giver, taker) for giver in one.producers for taker in one.consumers]
    if len(pairs) > _EDGES_MOST:
        return []
    found = []
    for giver, taker in pairs:
        # Who sends through a pipe does not receive that itself.
        put = sum(end.items for end in one.producers if one.kind != "Pipe" or end.process_id != taker.process_id)
        if giver.process_id == taker.process_id and len(pairs) > 1:
            continue
        items, size = (round(n * giver.items / put) if put else n for n in (taker.items, taker.bytes))
        if items:
            found.append(Edge(giver.process_id, taker.process_id, one.id, items, size))
    return found
