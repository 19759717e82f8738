"""Runs and what they are made of."""

from __future__ import annotations

import pytest

from procscope.runtime.errors import NotFoundError
from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.queries import Store
from tests.contract.conftest import Picture


def test_runs_come_newest_first_and_page_by_id(picture: Picture) -> None:
    """A page by OFFSET shows a run twice when another begins in between."""
    store = picture.store
    names = [run.name for run in store.runs(10)]
    assert names == ["nightly.py", "thumbs.py", "train.py", "report.py", "etl.py"]
    first = store.runs(2)
    assert [run.name for run in store.runs(10, before=first[-1].id)] == names[2:]


def test_a_run_tells_all_its_counts(picture: Picture) -> None:
    """The sum of the states is the number of tasks, or a state is missing."""
    run = picture.store.run("last")
    assert (run.state, run.live, run.argv) == ("running", True, ("nightly.py", "--all"))
    assert run.counts.failed == 3
    assert run.counts.lost == 1
    assert run.counts.total == run.counts.ended + run.counts.pending + run.counts.running
    assert run.notes
    assert run.dropped == 37


@pytest.mark.parametrize("wanted", ["4f21c9aa01bd", "4f2", "4F2", "last"])
def test_a_run_goes_by_any_unique_prefix(picture: Picture, wanted: str) -> None:
    """People type the first characters of what they see."""
    assert picture.store.run(wanted).name == "nightly.py"


@pytest.mark.parametrize("wanted", ["", "zzz", "%", "_", "~", "\x00", "4f21c9aa01bd0", "' OR 1=1 --"])
def test_an_unknown_run_is_not_found(picture: Picture, wanted: str) -> None:
    """A wildcard that matches some run shows the wrong one."""
    if wanted == "\x00" and not picture.url.startswith("sqlite"):
        pytest.skip("PostgreSQL has no text with NUL")
    with pytest.raises(NotFoundError):
        picture.store.run(wanted)


def test_an_ambiguous_prefix_is_refused(url: str) -> None:
    """Guessing which run was meant is worse than asking."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for number, key in enumerate(("4f21c9aa01bd", "4f7000000000", "4f21")):
            row = {"id": number, "key": key, "name": "x", "argv": "[]", "state": "finished", "started_us": 1}
            connection.execute(schema.runs.insert(), row)
    with Store(engine) as store:
        with pytest.raises(NotFoundError, match="give more"):
            store.run("4f")
        assert store.run("4f21").key == "4f21"


def test_processes_keep_what_they_did_when_they_died(picture: Picture) -> None:
    """The black box: which item killed the worker."""
    run = picture.store.run("last")
    found = {process.id: process for process in picture.store.processes(run.id)}
    dead = found[picture.seeded.live.dead_process]
    assert (dead.pid, dead.signal, dead.current_func, dead.current_index) == (4131, 9, "nightly.load", 23)
    assert not dead.alive
    assert found[picture.seeded.live.stuck_process].alive
    assert picture.store.process(dead.id) == dead
    assert picture.store.process(10**9) is None


def test_only_what_changed_since_a_revision(picture: Picture) -> None:
    """A viewer that gets everything each second is a viewer too many."""
    store, run = picture.store, picture.store.run("last")
    assert store.rev() >= max(process.rev for process in store.processes(run.id))
    assert store.processes(run.id, since_rev=store.rev()) == []
    assert store.pools(run.id, since_rev=store.rev()) == []
    assert store.batches(run.id, since_rev=store.rev()) == []
    assert store.failures(run.id, since_rev=store.rev()) == []
    assert store.runs(10, since_rev=run.rev - 1) == [run]
    some = sorted(process.rev for process in store.processes(run.id))[5]
    assert all(process.rev > some for process in store.processes(run.id, since_rev=some))


def test_live_pools_are_those_of_live_runs(picture: Picture) -> None:
    """The overview must not list the pools of last week."""
    assert [pool.name for pool in picture.store.pools(live_only=True)] == ["images", "fetch"]
    assert len(picture.store.pools()) == 6
    assert [run.name for run in picture.store.live_runs()] == ["nightly.py"]


def test_a_batch_knows_how_far_it_is(picture: Picture) -> None:
    """The 62 % of the screen."""
    batch = picture.store.batches(picture.store.run("last").id)[0]
    assert batch.progress == pytest.approx(0.62, abs=0.005)
    assert (batch.func, batch.method) == ("nightly.resize", "imap_unordered")
    assert picture.store.batch(batch.id) == batch


def test_drops_and_collectors(picture: Picture) -> None:
    """Every drop has a reason, a count and a process."""
    (drop,) = picture.store.drops(picture.store.run("last").id)
    assert (drop.pid, drop.reason, drop.n) == (4128, "spool_full", 37)
    assert picture.store.collectors()[0].seen_us == picture.now_us
