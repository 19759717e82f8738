"""Queues joined too early, pools that hang of themselves, memory that stays."""

from __future__ import annotations

from procscope.runtime.diagnosis.sharing_facts import Thing
from tests.unit.diagnosis.cases import pool
from tests.unit.diagnosis.sharing import found, holds, killed, texts, waits, who

JOBS = Thing(7, "4f", "Queue", "results", "/srv/job.py:9", depth=40)
INQUEUE = Thing(8, "4f", "SimpleQueue", None, None, role="inqueue", pool_id=5)
RLOCK = Thing(9, "4f", "Lock", None, None, size=1, role="rlock", owner=INQUEUE)


def test_a_queue_joined_before_it_is_drained() -> None:
    """The documentation warns of it in a paragraph that everybody reads afterwards."""
    main = who(10, kind="main")
    (text,) = texts(waits(main, None, "process", process_id=12), waits(12, JOBS, "join"))
    assert text == (
        "the main process waits for process 12 to end at job.py:21 in first, and process 12 cannot end before the 40 "
        "items in results (made job.py:9) are taken: get them first, then join()"
    )


def test_a_queue_that_is_being_drained_is_fine() -> None:
    """A consumer is there, or it is only half a second."""
    main = who(10, kind="main")
    joins, join = waits(main, None, "process", process_id=12), waits(12, JOBS, "join")
    assert texts(joins, join, waits(14, JOBS, "get")) == []
    assert texts(waits(main, None, "process", age_s=0.5, process_id=12), join) == []
    assert texts(join) == []


def test_a_pool_whose_queue_lock_died_with_an_idle_worker() -> None:
    """get() hangs, all workers look alive: nothing tells that the next task will never be taken."""
    (incident,) = found(holds(killed(4131, kind="worker"), RLOCK), pools=(pool(running=0),))
    assert incident.text == (
        "pool images hangs: worker 4131 was killed (SIGKILL) while it held the lock of the queue of tasks, so no "
        "worker can take one — terminate the pool and make a new one; a ProcessPoolExecutor notices such deaths"
    )
    assert incident.pool_id == 5
    assert found(holds(killed(4131), RLOCK), pools=(pool(state="terminated"),)) == []


def test_a_worker_killed_at_the_queues_own_pipe() -> None:
    """Idle, it was receiving; or it was sending a result: whose lock died makes a difference."""
    idle = waits(killed(4131, kind="worker"), INQUEUE, "reads")
    assert "the lock of the queue of tasks" in texts(idle, pools=(pool(running=0),))[0]
    sending = waits(killed(4131, kind="worker"), INQUEUE, "writes")
    assert "the lock of the queue of results, so no worker can send one" in texts(sending, pools=(pool(),))[0]


def test_a_consumer_killed_in_get_takes_the_queue_along() -> None:
    """'The queue is likely to become corrupted', says the documentation: it stands still."""
    (text,) = texts(waits(killed(12), JOBS, "reads"), waits(13, JOBS, "get"))
    assert text == (
        "process 12 was killed (SIGKILL) while it read from results (made job.py:9) and had its lock: 1 thread in "
        "get() and whoever calls get() next will wait for ever"
    )
    assert "whoever calls put() next" in texts(waits(killed(12), JOBS, "writes"))[0]


def test_a_worker_that_waits_for_its_own_pool() -> None:
    """A copy of the executor in a worker takes tasks and never runs one."""
    inside = waits(who(4131, kind="worker", pool_id=5), None, "within", pool_id=5)
    (text,) = texts(inside, pools=(pool(),))
    assert text.startswith("pool images waits for itself: worker 4131 waits for the result of another of its tasks at")


def test_threads_that_all_wait_for_their_own_executor() -> None:
    """With one thread left it goes on; with none it never does."""
    threads = [waits(10, None, "within", thread=n, pool_id=5) for n in (1, 2)]
    small = pool(kind="ThreadPoolExecutor", name="fetch", size=2, pending=1, running=2)
    (text,) = texts(*threads, pools=(small,))
    assert text.startswith("executor fetch waits for itself: all its 2 threads wait for the result of another")
    assert texts(threads[0], pools=(small,)) == []
    assert texts(*threads, pools=(pool(kind="ThreadPoolExecutor", size=2, pending=0, running=2),)) == []


def test_memory_that_stays() -> None:
    """/dev/shm fills up over weeks; the name and the place tell whose it is."""
    memory = Thing(3, "4f", "SharedMemory", "psm_1", "/srv/job.py:9", state="leaked", size=4096, pid=12)
    assert texts(leaked=(memory,)) == [
        "shared memory psm_1 of 4,096 bytes (made job.py:9 by process 12) was never unlinked"
    ]
