"""Locks that nobody will release."""

from __future__ import annotations

from dataclasses import replace

from procscope.runtime.diagnosis import Level
from procscope.runtime.diagnosis.sharing_facts import Thing
from tests.unit.diagnosis.sharing import A, B, found, holds, killed, texts, waits, who


def test_two_processes_and_two_locks() -> None:
    """The program stands still, every process alive at 0 % CPU: which line took what, and which waits for what."""
    (incident,) = found(
        holds(12, A), holds(13, B, "/srv/job.py:30 in second"), waits(12, B), waits(13, A, age_s=3.1)
    )  # fmt: skip
    assert incident.text == (
        "deadlock: process 12 holds lock_a (made job.py:5, acquired job.py:20 in first) and has waited 3.2 s for "
        "lock_b (made job.py:6) at job.py:21 in first; process 13 holds lock_b (made job.py:6, acquired job.py:30 in "
        "second) and has waited 3.1 s for lock_a (made job.py:5) at job.py:21 in first"
    )
    assert (incident.level, incident.primitives, incident.pid) == (Level.CRITICAL, (2, 1), 12)


def test_a_circle_that_is_broken_is_no_deadlock() -> None:
    """A lock handed on from one to the next is work, not trouble."""
    assert texts(holds(12, A), holds(13, B), waits(12, B)) == []
    assert texts(holds(12, A), waits(13, A), holds(13, B), waits(14, B)) == []


def test_one_thread_that_waits_does_not_stop_the_other() -> None:
    """The lock is held by a thread that runs: it will be released."""
    assert texts(holds(12, A, thread=1), waits(12, B, thread=2), holds(13, B), waits(13, A)) == []


def test_a_lock_acquired_twice_by_the_same_thread() -> None:
    """The shortest deadlock there is."""
    (text,) = texts(holds(12, A), waits(12, A))
    assert text == (
        "deadlock: process 12 has waited 3.2 s for lock_a (made job.py:5) at job.py:21 in first, which it holds itself "
        "(acquired job.py:20 in first): only an RLock can be acquired twice"
    )


def test_a_parent_that_joins_a_child_that_wants_its_lock() -> None:
    """join() inside of `with lock:`."""
    parent = who(10, kind="main")
    (text,) = texts(holds(parent, A), waits(parent, None, "process", process_id=12), waits(12, A))
    assert text.startswith(
        "deadlock: the main process holds lock_a (made job.py:5, acquired job.py:20 in first)"
        " and has waited 3.2 s for the end of process 12 at job.py:21"
    )
    assert "process 12 has waited 3.2 s for lock_a" in text


def test_three_in_a_circle_and_one_behind_are_one_incident() -> None:
    """Forty workers behind a deadlock must not bury it under forty lines."""
    c = Thing(3, "4f", "RLock", None, "/srv/job.py:7", size=1)
    (incident,) = found(
        holds(12, A), waits(12, B), holds(13, B), waits(13, c), holds(14, c), waits(14, A), waits(15, A)
    )  # fmt: skip
    assert incident.text.count(";") == 2
    assert "a RLock (made job.py:7)" in incident.text


def test_a_lock_whose_holder_is_dead() -> None:
    """kill -9 of whoever holds it: everybody else waits for ever, with no error anywhere."""
    (incident,) = found(holds(killed(12), A), waits(13, A, age_s=3.9), waits(14, A, age_s=1))
    assert incident.text == (
        "lock_a (made job.py:5) is held by process 12 (acquired job.py:20 in first), which was killed (SIGKILL) 4.0 s "
        "ago: 2 threads wait for it in vain, process 13 for 3.9 s"
    )
    assert incident.level == Level.CRITICAL
    (warned,) = found(holds(killed(12), A))
    assert warned.level == Level.WARNING
    assert warned.text.endswith("whoever acquires it next will wait for ever")


def test_who_ended_well_left_the_lock_on_purpose_unless_somebody_waits() -> None:
    """A lock acquired here and released there is a known pattern."""
    ended = killed(12, signal=None)
    assert texts(holds(ended, A)) == []
    assert "which has ended 4.0 s ago: process 13 has waited 3.2 s for it" in texts(holds(ended, A), waits(13, A))[0]


def test_a_semaphore_is_stuck_only_when_all_of_it_is() -> None:
    """Of three permits one is with the living: it will come back."""
    pool = Thing(5, "4f", "Semaphore", "slots", "/srv/job.py:8", size=2)
    dead = [holds(killed(12), pool), holds(killed(13), pool)]
    assert texts(dead[0], waits(14, pool)) != []
    assert texts(dead[0], holds(15, pool), waits(14, pool)) == []
    assert "slots (made job.py:8) is held by process 12" in texts(*dead, waits(14, pool))[0]


def test_a_long_wait_names_who_holds_it_and_what_that_one_does() -> None:
    """Not stuck, but 40 s for a lock: the question is who has it."""
    queue = Thing(7, "4f", "Queue", "jobs", "/srv/job.py:9")
    (incident,) = found(holds(12, A, age_s=44), waits(13, A, age_s=40), waits(12, queue, "get", age_s=43))
    assert incident.level == Level.WARNING
    assert incident.text == (
        "process 13 has waited 40.0 s for lock_a (made job.py:5) at job.py:21 in first, held for 44.0 s by process 12 "
        "(acquired job.py:20 in first), which is in get() at job.py:21 in first of jobs"
    )
    assert texts(holds(12, A), waits(13, A, age_s=9)) == []


def test_a_site_that_is_not_certain_says_so() -> None:
    """Most acquisitions are not timed: the site is the last one known."""
    (text,) = texts(holds(killed(12), A, "~/srv/job.py:20 in first"))
    assert "(acquired probably job.py:20 in first)" in text


def test_the_lock_inside_of_something_is_called_what_it_is() -> None:
    """Nobody knows a lock they never made."""
    inner = replace(A, name=None, site=None, role="lock", owner=Thing(8, "4f", "Condition", "ready", "/srv/job.py:4"))
    (text,) = texts(holds(killed(12), inner))
    assert text.startswith("the lock of ready (made job.py:4) is held by process 12")
