"""What processes share: primitives, who holds them, who feeds whom, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from procscope.runtime.diagnosis import Incident, diagnose
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Primitive
from tests.contract.conftest import NOW
from tests.support.seed import seed
from tests.support.seed_sharing import Stuck


@dataclass(frozen=True)
class Jam:
    """A store with a run that is deadlocked."""

    store: Store
    stuck: Stuck

    def primitives(self, run: str) -> dict[str | None, Primitive]:
        """By name."""
        return {one.name: one for one in self.store.primitives(self.store.run(run).id)}


@pytest.fixture
def jam(url: str) -> Iterator[Jam]:
    stuck = seed(url, tasks=200, workers=8, now_us=NOW, stuck=True).stuck
    assert stuck is not None
    with Store.open(url) as store:
        yield Jam(store, stuck)


def test_a_queue_says_who_fills_and_who_empties_it(jam: Jam) -> None:
    """'Who feeds whom' is a drawing nobody ever has of their own program."""
    queue = jam.primitives("4f21c9")["results"]
    assert (queue.items_in, queue.items_out, queue.depth, queue.size) == (406, 396, 10, 100)
    assert [end.items for end in queue.producers] == [100, 101, 102, 103]
    assert [(end.pid, end.items, end.wait_s) for end in queue.consumers] == [(4101, 396, 9.0)]
    edges = [edge for edge in jam.store.edges(queue.run_id) if edge.primitive_id == queue.id]
    assert sum(edge.items for edge in edges) == 396
    assert {edge.to_process for edge in edges} == {queue.consumers[0].process_id}
    series = jam.store.channel_series([queue.id], NOW // 1_000_000 - 60)[queue.id]
    assert len(series.t) == 61


def test_sketches_of_several_processes_are_one(jam: Jam) -> None:
    """A p95 that is the mean of p95s is nobody's."""
    lock = jam.primitives("4f21c9")["index_lock"]
    assert (lock.acquired, lock.contended) == (160, 12)
    assert lock.wait_p50_s == pytest.approx(0.002, rel=0.04)
    assert lock.wait_p95_s == pytest.approx(0.030, rel=0.04)


def test_who_holds_and_who_waits(jam: Jam) -> None:
    """With sites of both, and the dead told from the living."""
    ledger = jam.primitives(jam.stuck.run)["ledger"]
    (holder,), (waiter,) = ledger.holders, ledger.waiters
    assert (holder.pid, holder.alive, holder.site) == (5104, False, "/srv/jobs/transfer.py:20 in work")
    assert (waiter.pid, waiter.alive, waiter.what) == (5105, True, "acquire")
    one = jam.store.primitive(ledger.id)
    assert one == ledger
    assert jam.store.primitive(10**9) is None


def test_the_jam_is_told_in_words(jam: Jam) -> None:
    """Everything stands still, and every process looks alive."""
    found = [one for one in diagnose(jam.store.facts(now_us=NOW)) if one.run == jam.stuck.run]
    said = {incident.id.partition(":")[0]: incident for incident in found if incident.primitives}
    assert said.keys() == {"deadlock", "orphan", "leak"}
    assert said["deadlock"].text.startswith(
        "deadlock: process 5102 holds lock_a (made transfer.py:5, acquired transfer.py:20 in work) and has waited"
    )
    assert "ledger (made transfer.py:7) is held by process 5104" in said["orphan"].text
    assert "psm_5ead of 4,096 bytes" in said["leak"].text
    assert _of(jam, "lock_a", "lock_b") == set(said["deadlock"].primitives)


def _of(jam: Jam, *names: str) -> set[int]:
    return {jam.stuck.primitives[name] for name in names}


def test_a_run_in_order_has_no_such_incidents(jam: Jam) -> None:
    """A full queue and a busy lock are work."""
    found: list[Incident] = [one for one in diagnose(jam.store.facts(now_us=NOW)) if one.primitives]
    assert {incident.run for incident in found} == {jam.stuck.run}
