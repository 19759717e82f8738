"""Locks, semaphores, events, conditions and barriers: exact counts, who holds and who waits, on every Python."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from procscope.runtime.events import NotObserved, OurFault, Primitive, Wait
from procscope.runtime.journal import board_layout as layout
from tests.support import boards
from tests.support.boards import Line, Waiting
from tests.support.observed import METHODS, RUN, Outcome, begun, same, write
from tests.support.pythons import VERSIONS, interpreter
from tests.support.waiting import wait_until

JOB = """
    import multiprocessing as mp, sys, threading

    def work(things, given):
        lock, rlock, some, few, event, condition, barrier = things
        for _ in range(100):
            with lock: pass
            with rlock:
                with rlock: pass
            some.acquire()
            some.release()
            few.acquire(True, 60)
            few.release()
        with condition:
            given.release()
            condition.wait(60)
        event.wait()
        barrier.wait()

    def main():
        context = mp.get_context(sys.argv[1])
        lock = context.Lock()
        rlock = context.RLock()
        some = context.Semaphore(2)
        few = context.BoundedSemaphore(2)
        event = context.Event()
        condition = context.Condition()
        barrier = context.Barrier(3)
        given = context.Semaphore(0)
        things = [lock, rlock, some, few, event, condition, barrier]
        children = [context.Process(target=work, args=(things, given)) for _ in range(2)]
        for child in children: child.start()
        for child in children: given.acquire()
        with condition:
            condition.notify_all()
        event.set()
        barrier.wait()
        for child in children: child.join()
        print([child.exitcode for child in children], event.wait(), event.is_set(), lock.acquire(), lock.acquire(False))
        print(lock.acquire(timeout=0.01), lock.release(), lock.acquire(True, -1), lock.release(), lock.acquire(block=1))
        for fault in (rlock.release, few.release, lambda: lock.acquire(1, 2, 3), lambda: lock.acquire(timeout="x")):
            try: fault()
            except Exception as error: print(type(error).__name__, error)
        lock.release()
        with lock:
            lock.release()
            try: lock.__exit__(None, None, None)
            except ValueError as error: print(error)
            lock.acquire()
        print(lock, rlock, some, few, condition)

    if __name__ == "__main__":
        main()
"""


def on_boards(folder: Path) -> list[Line]:
    """All rows of the run that lies in `folder`."""
    return boards.lines(folder / "spool" / RUN)


def named(found: list[Line], name: str) -> list[Line]:
    """The rows of the primitive that the program calls so."""
    (uid,) = {line.uid for line in found if line.born and line.born[0] == name}
    return [line for line in found if line.uid == uid]


def sums(found: list[Line], name: str) -> tuple[str, int, int, int]:
    """(kind, acquired, released, calls) of all processes together."""
    rows = named(found, name)
    counts = [sum(line.words[word] for line in rows) for word in (layout.ACQUIRED, layout.RELEASED, layout.CALLS)]
    return Primitive(rows[0].words[layout.KIND]).name, counts[0], counts[1], counts[2]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_use_of_every_primitive_is_counted(tmp_path: Path, version: str, method: str) -> None:
    """Counts were lost where two processes, a nested acquisition or a re-acquisition after wait() came in between."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, JOB)), method)
    assert sound(seen)
    found = on_boards(tmp_path)
    assert sums(found, "lock") == ("LOCK", 205, 205, 0)
    assert sums(found, "rlock") == ("RLOCK", 400, 400, 0)
    assert sums(found, "some") == ("SEMAPHORE", 200, 200, 0)
    assert sums(found, "few") == ("BOUNDED_SEMAPHORE", 200, 200, 0)
    assert sums(found, "event") == ("EVENT", 3, 1, 3)
    assert sums(found, "condition") == ("CONDITION", 3, 1, 2)
    assert sums(found, "barrier") == ("BARRIER", 3, 0, 3)
    assert sums(found, "given") == ("SEMAPHORE", 2, 2, 0)
    assert not any(line.held for line in found if line.uid != named(found, "given")[0].uid)
    check_parts_and_sites(found, tmp_path / "job.py")


def sound(seen: Outcome) -> bool:
    """Nothing of ours failed, and nothing was left out."""
    assert not seen.all(OurFault)
    return not [told for told in seen.all(NotObserved) if told.group != "subprocess"]


def check_parts_and_sites(found: list[Line], script: Path) -> None:
    """The condition's lock is a part of it; the other parts say nothing; every site is the program's."""
    told = {tuple(line.born): line for line in found if line.born}
    assert sorted(name for name, _, role in told if not role) == [
        "barrier", "condition", "event", "few", "given", "lock", "rlock", "some",
    ]  # fmt: skip
    (part,) = [line for (_, _, role), line in told.items() if role]
    assert part.born[2] == "lock"
    assert part.words[layout.OWNER] == named(found, "condition")[0].uid
    assert len({line.uid for line in found}) == 9
    assert all(where.startswith(f"{script}:") and where.endswith(" in main") for _, where, _ in told)
    assert all(line.held_site.startswith(f"{script}:") for line in found if line.words[layout.HELD_SITE])


DEADLOCK = """
    import multiprocessing as mp, sys

    def one(first, second, ready):
        with first:
            ready.wait()
            with second: pass

    def main():
        context = mp.get_context(sys.argv[1])
        left = context.Lock()
        right = context.Lock()
        ready = context.Barrier(2)
        children = [context.Process(target=one, args=(*pair, ready)) for pair in ((left, right), (right, left))]
        for child in children: child.start()
        print(*[child.pid for child in children], flush=True)
        for child in children: child.join()

    if __name__ == "__main__":
        main()
"""

ORPHAN = """
    import multiprocessing as mp, os, signal, sys

    def hold(lock):
        lock.acquire()
        os.kill(os.getpid(), signal.SIGKILL)

    def main():
        context = mp.get_context(sys.argv[1])
        lock = context.Lock()
        child = context.Process(target=hold, args=(lock,))
        child.start()
        child.join()
        print(child.pid, os.getpid(), flush=True)
        with lock: pass

    if __name__ == "__main__":
        main()
"""


@contextmanager
def stuck(
    folder: Path, version: str, method: str, source: str, waiters: int
) -> Iterator[tuple[list[int], list[Waiting]]]:
    """(pids the program printed, wait slots of those who acquire) once so many do."""

    def acquiring() -> list[Waiting]:
        return [wait for wait in boards.waits(folder / "spool" / RUN) if wait.what == Wait.ACQUIRE]

    job = begun(folder, interpreter(version).path, [str(write(folder, source)), method])
    try:
        assert job.stdout is not None
        pids = [int(word) for word in job.stdout.readline().split()]
        wait_until(lambda: len(acquiring()) >= waiters, what="the program to be stuck")
        yield pids, acquiring()
    finally:
        os.killpg(job.pid, signal.SIGKILL)
        job.communicate()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS)
def test_two_processes_that_wait_for_each_other_say_who_holds_what_since_when(
    tmp_path: Path, version: str, method: str
) -> None:
    """A deadlock was two processes that "run"."""
    with stuck(tmp_path, version, method, DEADLOCK, 2) as (pids, waits):
        found = on_boards(tmp_path)
        holds = {line.pid: line for line in found if line.held}
        wants = {wait.pid: wait for wait in waits}
        assert sorted(holds) == sorted(wants) == sorted(pids)
        for pid, other in (pids, pids[::-1]):
            assert wants[pid].uid == holds[other].uid
            assert 0 < holds[pid].words[layout.HELD_SINCE] < wants[pid].since
            assert holds[pid].held_site == f"{tmp_path / 'job.py'}:5 in one"
            assert wants[pid].site == f"{tmp_path / 'job.py'}:7 in one"
        assert {holds[pid].uid for pid in pids} == {named(found, name)[0].uid for name in ("left", "right")}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_killed_holder_still_says_that_it_holds(tmp_path: Path, version: str, method: str) -> None:
    """A lock whose holder was SIGKILLed is held for ever, and nothing said by whom."""
    with stuck(tmp_path, version, method, ORPHAN, 1) as ((dead, waiter), waits):
        found = on_boards(tmp_path)
        (holder,) = [line for line in named(found, "lock") if line.held]
        assert (holder.pid, holder.held_site) == (dead, f"{tmp_path / 'job.py'}:5 in hold")
        assert layout.held_exactly(holder.words)
        assert [(wait.pid, wait.uid) for wait in waits] == [(waiter, holder.uid)]


SIGNALS = """
    import multiprocessing as mp, sys, threading

    def give(lock): lock.release()

    def main():
        context = mp.get_context(sys.argv[1])
        lock = context.Lock()
        turn = context.Semaphore(0)
        lock.acquire()
        child = context.Process(target=give, args=(lock,))
        child.start()
        lock.acquire()
        child.join()
        thread = threading.Thread(target=give, args=(lock,))
        thread.start()
        thread.join()
        for _ in range(3): turn.release()
        for _ in range(3): turn.acquire()

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_release_by_somebody_else_makes_no_false_holder(tmp_path: Path, version: str, method: str) -> None:
    """A semaphore used as a signal looked held by everybody who ever waited for it."""
    assert sound(same(tmp_path, interpreter(version).path, str(write(tmp_path, SIGNALS)), method))
    found = on_boards(tmp_path)
    for name, count in (("lock", 2), ("turn", 3)):
        assert sums(found, name)[1:3] == (count, count)
        foreign = [line for line in named(found, name) if line.words[layout.FOREIGN]]
        assert foreign
        assert all(line.words[layout.FLAGS] & layout.FLAG_SIGNAL for line in foreign)


NOT_HELD = """
    import multiprocessing as mp

    if __name__ == "__main__":
        condition = mp.Condition()
        for call in (condition.notify, condition.wait):
            try: call()
            except AssertionError as error: print(error)
        with condition: condition.notify()
"""


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_what_a_condition_refuses_is_not_counted(tmp_path: Path, version: str) -> None:
    """A notify() and a wait() without its lock raise; they stood there as calls all the same."""
    same(tmp_path, interpreter(version).path, str(write(tmp_path, NOT_HELD)))
    found = [line for line in boards.lines(tmp_path / "spool" / RUN) if line.words[layout.KIND] == Primitive.CONDITION]
    counted = [layout.ACQUIRED, layout.RELEASED, layout.CALLS, layout.CONTENDED]
    assert [[line.words[word] for word in counted] for line in found] == [[1, 1, 0, 0]]


def test_switched_off_by_the_setting_nothing_is_told_and_it_is_said(tmp_path: Path) -> None:
    """A user who does not want the cost of it got it all the same."""
    seen = same(tmp_path, interpreter("3.11").path, str(write(tmp_path, SIGNALS)), "fork", PROCSCOPE_SYNC="off")
    assert "switched off" in seen.one(NotObserved, group="sync").reason
    assert not [line for line in on_boards(tmp_path) if line.words[layout.KIND] < Primitive.QUEUE]


ALARMS = """
    import multiprocessing as mp, random, signal, sys, time

    class Alarm(Exception): pass
    armed = False

    def ring(*_):
        global armed
        if armed:
            armed = False
            raise Alarm

    def disturb(lock, over):
        while not over.is_set():
            with lock: time.sleep(0.0002)
            time.sleep(0.0001)

    def until_it_rings(lock, plain):
        global armed
        armed = True
        while plain:
            lock.acquire()
            lock.release()
        while True:
            with lock: pass

    def main():
        context = mp.get_context(sys.argv[1])
        lock = context.Lock()
        over = context.Event()
        child = context.Process(target=disturb, args=(lock, over))
        child.start()
        signal.signal(signal.SIGALRM, ring)
        for turn in range(600):
            every = random.uniform(2e-5, 4e-4)
            signal.setitimer(signal.ITIMER_REAL, every, every)
            try:
                until_it_rings(lock, turn % 2)
            except Alarm:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if lock._semlock._is_mine(): lock.release()
        over.set()
        child.join()
        print(lock.acquire(timeout=30), lock.release())

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_handler_that_raises_at_any_moment_leaves_lock_and_counts_agreeing(tmp_path: Path, version: str) -> None:
    """An exception between the acquisition and its return left the lock held for ever, or the counts off by one."""
    assert sound(same(tmp_path, interpreter(version).path, str(write(tmp_path, ALARMS)), "fork"))
    rows = named(on_boards(tmp_path), "lock")
    assert sum(line.words[layout.ACQUIRED] for line in rows) == sum(line.words[layout.RELEASED] for line in rows)
    assert not sum(line.words[layout.FOREIGN] for line in rows)
    assert not any(line.held for line in rows)
    assert not boards.waits(tmp_path / "spool" / RUN)
