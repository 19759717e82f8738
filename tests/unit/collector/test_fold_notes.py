"""What the next collector must know of a pool, and no other row says."""

from __future__ import annotations

from procscope.runtime import events as ev
from procscope.runtime.collector.fold import notes
from procscope.runtime.collector.fold.state import Batch, Pool
from tests.unit.collector.house import POOL, House, chunk, mapped, opened


def test_chunks_on_their_way_outlive_the_collector() -> None:
    """A chunk has no row: what waits for its other half must be in the pool's."""
    house = House()
    house.feed("main", opened(), mapped(9, 4, 2))
    house.feed("w", chunk(9, 0, 0, 2)._replace(bytes=50), uid=2, parent=1, pool=POOL)
    house.feed("hands", ev.ResultArrived(4_500_000, POOL, 9, 1, 60), ev.ResultArrived(7_000_000, POOL, 5, -1, 40))
    before = house.run.pools[POOL]
    after, batch = Pool(before.id, 1, POOL), Batch(1, 1, before.id, 9)
    assert notes.batch_ids(before.note) == {1}
    notes.restore(after, before.note, {1: batch})
    assert after.chunk_ends[9, 0] == before.chunk_ends[9, 0]._replace(place=-1, batch=batch)
    assert (after.chunk_arrivals, after.arrived) == (before.chunk_arrivals, before.arrived)


def test_which_items_have_ended_outlives_the_collector() -> None:
    """After a collector's death the items that never ran could be counted, but not told from those that did."""
    house = House()
    house.feed("main", opened(), mapped(9, 100, 5))
    house.feed("w", chunk(9, 3, 0, 5), chunk(9, 4, 0, 5), chunk(9, 0, 0, 5), uid=2, parent=1, pool=POOL)
    house.commit()
    before = house.run.pools[POOL]
    after, batch = Pool(before.id, 1, POOL), Batch(1, 1, before.id, 9)
    assert notes.batch_ids(before.note) == {1}
    notes.restore(after, before.note, {1: batch})
    assert batch.ended.flat() == before.batches[9].ended.flat() == [0, 5, 15, 25]
    assert (after.restored, batch.presumed) == (True, 0)


def test_a_note_of_an_older_collector_is_read() -> None:
    batch, pool = Batch(1, 1, 1, 9), Pool(1, 1, POOL)
    notes.restore(pool, "[[[9,0,0,4000,1,50,2,1]],[[9,1,4500,60]]]", {1: batch})
    assert (list(pool.chunk_ends), pool.chunk_arrivals) == ([(9, 0)], {(9, 1): (4500, 60)})


def test_batches_that_are_all_open_or_all_done_need_no_note() -> None:
    house = House()
    house.feed("main", opened(), mapped(9, 4, 2), mapped(10, 4, 4))
    house.feed("w", chunk(10, 0, 0, 4), uid=2, parent=1, pool=POOL)
    assert house.run.pools[POOL].note is None
