"""What is wrong, in words; and what is not worth a word."""

from __future__ import annotations

from procscope.runtime.diagnosis import Level, all_is_well, diagnose
from procscope.runtime.diagnosis.facts import DropFacts, EndedRun
from tests.unit.diagnosis.cases import NOW, SECOND, dead, facts, group, pool, task


def texts(**values: object) -> list[str]:
    """The sentences about some facts."""
    return [incident.text for incident in diagnose(facts(**values))]


def test_a_stuck_task_is_the_sentence_of_the_screen() -> None:
    """A task that hangs for minutes looks like any busy worker otherwise."""
    (found,) = diagnose(facts(running=(task(252),)))
    assert found.text == "resize() in pool images has been running for 4 m 12 s — 38\u00d7 its p99"
    assert (found.level, found.run, found.task_id, found.pid) == (Level.CRITICAL, "4f", 7, 4127)
    assert found.since_us == NOW - 252 * SECOND


def test_long_is_judged_by_enough_durations() -> None:
    """The second call ever of a slow function is not stuck because the first was fast."""
    assert texts(running=(task(252, observed=19),)) == []
    assert texts(running=(task(252, p99_us=None, observed=0),)) == []
    assert texts(running=(task(3 * 6.6),)) == []


def test_nothing_is_stuck_within_a_second() -> None:
    """A function of 2 ms that once takes 8 would ring all day."""
    assert texts(running=(task(0.9, p99_us=2000),)) == []


def test_a_limit_speaks_where_no_history_does() -> None:
    """The first run of a job has no p99."""
    (found,) = diagnose(facts(running=(task(61, observed=0, p99_us=None),)), task_limit_s=60)
    assert found.text == "resize() in pool images has been running for 1 m 01 s — over the limit of 1 m 00 s"


def test_many_stuck_tasks_of_one_function_are_one_incident() -> None:
    """Forty equal lines push the one that matters off the screen."""
    (found,) = diagnose(facts(running=tuple(task(252 + i, process_id=i, index=i) for i in range(12))))
    assert found.text == "12 tasks of resize() in pool images have been running for up to 4 m 23 s — 40\u00d7 its p99"


def test_a_killed_worker_names_signal_item_function_and_cost() -> None:
    """Bare, a killed Pool worker is silence: its result never comes."""
    (found,) = diagnose(facts(dead=(dead(),)))
    assert found.text == "worker 4131 was killed (SIGKILL) on item 23 of load() — 1 task lost"
    assert (found.level, found.task_id, found.process_id, found.pid) == (Level.CRITICAL, 8, 4, 4131)


def test_an_idle_worker_that_was_killed_did_nothing() -> None:
    """Blaming the last thing it did sends people to the wrong function."""
    assert texts(dead=(dead(func=None, index=None, lost=0),)) == ["worker 4131 was killed (SIGKILL)"]
    assert texts(dead=(dead(kind="process", index=None, lost=0),)) == ["process 4131 was killed (SIGKILL) on load()"]


def test_what_the_program_did_itself_is_no_incident() -> None:
    """Pool.terminate() at the end of every run must not raise eight alarms."""
    assert texts(dead=(dead(reason="the program sent it SIGTERM", signal=15),)) == []
    assert texts(dead=(dead(signal=15, pool_state="broken"),)) == []
    assert texts(dead=(dead(signal=15, pool_state="terminated"),)) == []
    assert len(texts(dead=(dead(signal=15),))) == 1


def test_a_killed_worker_and_the_executor_it_broke_are_one_incident() -> None:
    """Paged at night, two alarms for one event send two people."""
    broken = pool(kind="ProcessPoolExecutor", name="fetch", state="broken", reason="worker 4131 died", lost=12)
    assert texts(dead=(dead(),), pools=(broken,)) == [
        "worker 4131 was killed (SIGKILL) on item 23 of load() — executor fetch broke, 12 tasks lost"
    ]
    assert len(texts(dead=(dead(pid=99),), pools=(broken,))) == 2


def test_failures_are_grouped_and_counted() -> None:
    """A thousand equal failures are one thing to fix."""
    assert texts(failures=(group(n=1204),)) == ["fetch() failed 1,204 times with URLError: refused"]
    assert texts(failures=(group(n=1, message=""),)) == ["fetch() failed with URLError"]
    assert texts(failures=(group(func=None, stage="process"),)) == ["nightly.py failed 2 times with URLError: refused"]
    assert texts(failures=(group(stage="result"),)) == ["the result of fetch() failed 2 times with URLError: refused"]


def test_an_initializer_that_failed_is_said_once() -> None:
    """207 workers that ended of one exception are one line while the pool lives, and one after it."""
    same = {"func": None, "type": "ValueError", "message": "no model", "n": 207}
    both = (group(stage="initializer", **same), group(stage="process", **same))
    assert texts(failures=both) == ["a pool's initializer failed 207 times with ValueError: no model"]
    loop = pool(running=0, ended=0, workers_started=207, initializer_error="ValueError: no model")
    (found,) = texts(failures=both, pools=(loop,))
    assert found.startswith("the initializer of pool images fails in every worker (207 so far)")


def test_dropped_facts_are_admitted() -> None:
    """A page that silently misses tasks is worse than none."""
    found = texts(drops=(DropFacts("4f", "nightly.py", "spool_full", 37, NOW),))
    assert found == ["nightly.py could not record 37 facts: the spool is over its cap"]


def test_runs_that_ended_badly() -> None:
    """A run that was killed leaves no message of its own."""
    found = texts(
        ended=(
            EndedRun("a", "train.py", "killed", -9, NOW),
            EndedRun("b", "etl.py", "failed", 3, NOW),
            EndedRun("c", "x.py", "killed", None, NOW),
        )
    )
    said = ["etl.py ended with exit code 3", "train.py was killed (SIGKILL)", "x.py vanished without a trace"]
    assert sorted(found) == said


def test_the_worst_comes_first_then_the_youngest() -> None:
    """Whoever reads one line must read the right one."""
    found = diagnose(facts(failures=(group(),), running=(task(252),), dead=(dead(),)))
    assert [incident.id.split(":")[0] for incident in found] == ["dead", "stuck", "failures"]


def test_an_incident_keeps_its_id() -> None:
    """A list whose ids change makes every line fade in again each second."""
    first = diagnose(facts(running=(task(252),), pools=(pool(state="broken"),)))
    later = diagnose(facts(running=(task(252),), pools=(pool(state="broken", lost=3),)))
    assert [one.id for one in first] == [one.id for one in later]


def test_all_is_well_is_one_quiet_line() -> None:
    """Silence could also mean that nobody watches."""
    assert diagnose(facts(running=(task(1),), pools=(pool(),))) == []
    assert all_is_well(facts()) == "Nothing is wrong. Watching 1 run, 16 workers."
    assert all_is_well(facts(live_runs=0, live_workers=0)) == "Nothing is wrong. Nothing is running."
