"""The present: what runs, how fast, what is wrong."""

from __future__ import annotations

import pytest

from procscope.runtime.diagnosis import diagnose
from procscope.runtime.store.engine import open_engine
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Pool
from tests.contract.conftest import Picture


def pools(picture: Picture) -> dict[str | None, Pool]:
    """The live pools by name."""
    return {pool.name: pool for pool in picture.store.pools(live_only=True)}


def test_running_tasks_are_the_oldest_first(picture: Picture) -> None:
    """The on-call page is sorted by whom to look at first."""
    found = picture.store.running(50, now_us=picture.now_us)
    assert [one.since_us for one in found] == sorted(one.since_us for one in found)
    stuck = found[0]
    assert (stuck.task_id, stuck.index, stuck.of, stuck.pid) == (picture.seeded.live.stuck_task, 17, 1613, 4127)
    assert stuck.quantiles is not None
    assert stuck.quantiles.n > 900


def test_items_without_a_row_run_too_and_none_runs_twice(picture: Picture) -> None:
    """A map's items have no rows while they run: the slots of their workers know."""
    found = picture.store.running(50, now_us=picture.now_us)
    assert len(found) == 7
    assert len({one.process_id for one in found}) == 7
    load = next(one for one in found if one.func == "nightly.load")
    assert (load.task_id, load.index, load.of) == (None, 24, 40)


def test_pools_have_a_pace_and_an_end(picture: Picture) -> None:
    """'3 m left' is the question people ask."""
    live = pools(picture)
    rates = picture.store.pool_rates(list(live.values()), now_us=picture.now_us)
    images = rates[live["images"].id]
    assert images.per_s == pytest.approx(2.83, rel=0.1)
    assert images.progress == pytest.approx(0.62, abs=0.01)
    assert images.eta_s == pytest.approx(628 / images.per_s, rel=0.05)
    fetch = rates[live["fetch"].id]
    assert fetch.eta_s is None
    assert fetch.quantiles is not None
    assert fetch.quantiles.p95_us == pytest.approx(10_700, rel=0.1)


def test_runs_have_progress(picture: Picture) -> None:
    """An ended run has no time left, a live one some."""
    runs = picture.store.runs(10)
    progress = picture.store.run_progress(runs, now_us=picture.now_us)
    assert progress[runs[0].id].progress == pytest.approx(0.7, abs=0.05)
    assert (progress[runs[0].id].eta_s or 0) > 60
    assert progress[runs[1].id] == progress[runs[1].id].__class__(1.0, None, 0.0)


def test_the_cards_agree_with_the_rows(picture: Picture) -> None:
    """Two numbers on one page that contradict each other discredit both."""
    totals = picture.store.totals(300, now_us=picture.now_us)
    live = pools(picture).values()
    assert totals.busy == sum(pool.counts.running for pool in live) == 7
    assert (totals.size, totals.live_runs, totals.live_workers) == (16, 1, 16)
    assert totals.waiting == sum(pool.counts.pending for pool in live)
    assert totals.failed == 4
    assert totals.failed == sum(totals.failed_series)
    assert totals.per_s == pytest.approx(4.2, rel=0.1)
    series = (totals.busy_series, totals.waiting_series, totals.per_s_series, totals.failed_series)
    assert {len(one) for one in (*series, totals.memory_series)} == {len(totals.t)}
    assert totals.memory_series[-1] == pytest.approx(totals.rss, rel=0.05)
    assert totals.memory_total == 16 << 30


def test_the_present_of_an_empty_database(url: str) -> None:
    """The first page anybody ever sees."""
    open_engine(url).dispose()
    with Store.open(url) as store:
        assert store.rev() == 0
        assert store.runs(10) == []
        assert store.running() == []
        assert store.failures() == []
        totals = store.totals()
        assert (totals.busy, totals.failed, totals.memory_total) == (0, 0, None)
        assert diagnose(store.facts()) == []


def test_the_picture_is_diagnosed_as_on_the_screen(picture: Picture) -> None:
    """From rows to the sentence somebody reads at 3 in the morning."""
    found = diagnose(picture.store.facts(now_us=picture.now_us))
    assert [incident.text for incident in found] == [
        "worker 4131 was killed (SIGKILL) on item 23 of load() — 1 task lost",
        "resize() in pool images has been running for 4 m 12 s — 38\u00d7 its p99",
        "resize() failed with OSError: image file is truncated (17 bytes not processed)",
        "nightly.py could not record 37 facts: the spool is over its cap",
        "fetch() failed 2 times with URLError: <urlopen error [Errno 111] Connection refused>",
    ]
    assert found[0].task_id == picture.seeded.live.lost_task
    assert found[1].task_id == picture.seeded.live.stuck_task


def test_an_old_picture_makes_nothing_stuck(picture: Picture) -> None:
    """The collector died an hour ago: what ran then did not run for an hour."""
    hour = 3_600_000_000
    facts = picture.store.facts(now_us=picture.now_us + hour)
    assert facts.as_of_us == picture.now_us
    assert diagnose(facts) == diagnose(picture.store.facts(now_us=picture.now_us))


def test_quantiles_come_within_their_promise(picture: Picture) -> None:
    """A sketch that is off by a bucket turns 3 times p99 into 2."""
    func = next(n for n, name in picture.store.function_names([1]).items() if name == "nightly.resize")
    rows = picture.store._rows(f"SELECT duration_us FROM tasks WHERE func_id = {func} AND state = 2 ORDER BY 1")
    exact = [row[0] for row in rows]
    known = picture.store.usual([func], picture.now_us)[func]
    assert known.n == len(exact)
    assert known.p50_us == pytest.approx(exact[len(exact) // 2], rel=0.035)
    assert known.p99_us == pytest.approx(exact[int(len(exact) * 0.99)], rel=0.05)
    assert picture.store.function_quantiles([], 0) == {}


def test_a_function_without_a_recent_past_has_a_longer_one(picture: Picture) -> None:
    """A nightly job has no last hour, and its tasks get stuck all the same."""
    names = picture.store.function_names([1])
    func = next(number for number, name in names.items() if name == "etl.work")
    assert picture.store.usual([func], picture.now_us)[func].n == 125


def test_series_begin_where_they_are_asked_to(picture: Picture) -> None:
    """A chart of five minutes that loads a day."""
    store, run = picture.store, picture.store.run("last")
    since = picture.now_us // 1_000_000 - 60
    found = store.process_series(run.id, since)
    assert min(min(series.t) for series in found.values()) == since
    thin = store.process_series(run.id, since, step=10, process_ids=[picture.seeded.live.stuck_process])
    assert [len(series.t) for series in thin.values()] == [7]
    pool = store.pool_series([picture.seeded.live.images], since)[picture.seeded.live.images]
    assert len(pool.t) == len(pool.per_s) == 61
    assert pool.done == sorted(pool.done)
    assert store.host_series(since)[0].memory_total == 16 << 30
    assert store.pool_series([], since) == {}
