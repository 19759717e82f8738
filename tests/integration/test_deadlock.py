"""Programs that stand still for ever: what is said of them within two seconds, by each start method."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.integration.jammed import Eyes, jam
from tests.integration.runs import asked, write
from tests.support.waiting import wait_until

DEADLOCK = """
    import multiprocessing, sys, time

    def first(lock_a, lock_b, together):
        with lock_a:
            together.wait()
            lock_b.acquire()

    def second(lock_a, lock_b, together):
        with lock_b:
            together.wait()
            print(time.time(), flush=True)
            lock_a.acquire()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        lock_a = context.Lock()
        lock_b = context.Lock()
        together = context.Barrier(2)
        sys.stdin.readline()
        both = [context.Process(target=target, args=(lock_a, lock_b, together)) for target in (first, second)]
        for process in both:
            process.start()
        for process in both:
            process.join()
"""
ORPHAN = """
    import multiprocessing, os, sys, time

    def holder(ledger, held):
        ledger.acquire()
        held.set()
        print(os.getpid(), flush=True)
        time.sleep(600)

    def waiter(ledger):
        ledger.acquire()

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        ledger = context.Lock()
        held = context.Event()
        context.Process(target=holder, args=(ledger, held)).start()
        held.wait()
        other = context.Process(target=waiter, args=(ledger,))
        other.start()
        other.join()
"""
WITHIN = 2.0
METHODS = ("fork", "spawn", "forkserver")


def place(found: str | None, script: Path) -> str:
    """A site without the folder."""
    assert found is not None
    assert found.startswith(str(script.parent))
    return found[len(str(script.parent)) + 1 :]


@pytest.mark.parametrize("method", METHODS)
def test_two_processes_and_two_locks(state_dir: Path, tmp_path: Path, method: str) -> None:
    """Nothing runs, nothing fails, nothing is printed: the classic that costs an afternoon."""
    script = write(tmp_path, DEADLOCK)
    with jam(script, method) as program:
        eyes = Eyes(state_dir)
        wait_until(lambda: "lock_b" in eyes.primitives(), what="the locks are known")
        program.go()
        at = float(program.line())
        incident = eyes.until("deadlock")
        delay = time.time() - at
        assert delay < WITHIN, f"it took {delay:.2f} s"
        for part in ("lock_a (made job.py:17", "lock_b (made job.py:18", "acquired job.py:5 in first"):
            assert part in incident.text
        assert "acquired job.py:10 in second" in incident.text
        locks = {one["name"]: one for one in asked("sync")}
    for name, line, holder, waiter in (
        ("lock_a", 17, "job.py:5 in first", "job.py:13 in second"),
        ("lock_b", 18, "job.py:10 in second", "job.py:7 in first"),
    ):
        lock = locks[name]
        assert place(lock["site"], script).startswith(f"job.py:{line}")
        (held,), (waits,) = lock["holders"], lock["waiters"]
        assert (place(held["site"], script), held["alive"]) == (holder, True)
        assert (place(waits["site"], script), waits["what"], waits["alive"]) == (waiter, "acquire", True)
        assert any("deadlock" in text for text in lock["incidents"])
    assert locks["lock_a"]["holders"][0]["pid"] == locks["lock_b"]["waiters"][0]["pid"]


@pytest.mark.parametrize("method", METHODS)
def test_a_lock_whose_holder_was_killed(state_dir: Path, tmp_path: Path, method: str) -> None:
    """kill -9: no error anywhere, and everybody else waits for ever."""
    script = write(tmp_path, ORPHAN)
    with jam(script, method) as program:
        pid = int(program.line())
        eyes = Eyes(state_dir)
        wait_until(lambda: eyes.primitives().get("ledger"), what="the lock is known")
        wait_until(lambda: eyes.primitives()["ledger"].waiters, what="somebody waits")
        os.kill(pid, signal.SIGKILL)
        at = time.time()
        incident = eyes.until(f"is held by process {pid}")
        delay = time.time() - at
        assert delay < WITHIN, f"it took {delay:.2f} s"
        assert "ledger (made job.py:15" in incident.text
        assert "acquired job.py:5 in holder), which was killed (SIGKILL)" in incident.text
        (lock,) = [one for one in asked("sync") if one["name"] == "ledger"]
        (held,), (waits,) = lock["holders"], lock["waiters"]
        assert (held["pid"], held["alive"], place(held["site"], script)) == (pid, False, "job.py:5 in holder")
        assert (waits["alive"], place(waits["site"], script)) == (True, "job.py:11 in waiter")
        os.kill(waits["pid"], signal.SIGKILL)
        eyes.gone(lambda one: one.id == incident.id)
