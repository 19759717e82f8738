"""Waiting for a process or for a result: who is stuck in it, and nothing changed for those who are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime.events import Wait
from tests.integration.jammed import Eyes, jam
from tests.integration.runs import write
from tests.support import boards, observed
from tests.support.pythons import Interpreter, present

WITHIN_THREADS = """
    from concurrent.futures import ThreadPoolExecutor

    def inner():
        return 1

    def outer():
        return executor.submit(inner).result()

    executor = ThreadPoolExecutor(2)
    list(executor.map(lambda _: outer(), range(2)))
"""
WITHIN_WORKER = """
    import concurrent.futures, multiprocessing

    def outer():
        return executor.submit(len, "abc").result()

    if __name__ == "__main__":
        executor = concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
        executor.submit(outer).result()
"""
JOINED = """
    import multiprocessing, sys

    def produce(results):
        for n in range(200):
            results.put(b"x" * 10_000)

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        results = context.Queue()
        worker = context.Process(target=produce, args=(results,))
        worker.start()
        worker.join()
"""
KILLED_IDLE = """
    import multiprocessing, os, signal, sys, time

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            pool.map(time.sleep, [0.1] * 4, chunksize=1)
            time.sleep(0.5)
            for process in multiprocessing.active_children():
                os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.5)
            print(pool.apply(abs, (-1,)))
"""
CALM = """
    import concurrent.futures, multiprocessing, traceback

    def fails():
        raise ValueError("no")

    if __name__ == "__main__":
        worker = multiprocessing.Process(target=print, args=("worker",))
        try:
            worker.join()
        except AssertionError as error:
            print(error)
        worker.start()
        worker.join()
        worker.join(0)
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            future = executor.submit(fails)
            try:
                future.result()
            except ValueError as error:
                print([frame.name for frame in traceback.extract_tb(error.__traceback__)])
            print(type(future._condition).__name__, future.exception(0))
        with multiprocessing.Pool(1) as pool:
            print(pool.apply_async(len, ("abc",)).get(30))
            try:
                pool.apply_async(int, ("x",)).get()
            except ValueError as error:
                print([frame.name for frame in traceback.extract_tb(error.__traceback__)])
"""


@pytest.mark.parametrize("python", present(), ids=lambda python: python.full)
def test_nothing_is_different_for_who_waits(tmp_path: Path, python: Interpreter) -> None:
    """Same output, same tracebacks; and no slot is left that says somebody waits."""
    script = observed.write(tmp_path, CALM)
    seen = observed.same(tmp_path, python.path, str(script))
    assert seen.code == 0
    left = boards.waits(tmp_path / "spool" / observed.RUN)
    assert not [wait for wait in left if wait.what in (Wait.PROCESS, Wait.RESULT)]


@pytest.mark.timeout(90)
def test_threads_that_all_wait_for_their_own_executor(state_dir: Path, tmp_path: Path) -> None:
    """submit().result() inside of a task: the textbook deadlock of concurrent.futures."""
    with jam(write(tmp_path, WITHIN_THREADS)):
        incident = Eyes(state_dir).until("waits for itself")
        assert "all its 2 threads wait for the result of another of its tasks at job.py:8 in outer" in incident.text


@pytest.mark.timeout(90)
def test_a_worker_that_waits_for_its_own_executor(state_dir: Path, tmp_path: Path) -> None:
    """Its copy of the executor takes the call and never runs it."""
    with jam(write(tmp_path, WITHIN_WORKER)):
        incident = Eyes(state_dir).until("waits for itself")
        assert "at job.py:5 in outer, which can never arrive" in incident.text


@pytest.mark.timeout(90)
@pytest.mark.parametrize("method", observed.METHODS)
def test_a_queue_joined_before_it_is_drained(state_dir: Path, tmp_path: Path, method: str) -> None:
    """join() hangs, the child is alive and idle, and the reason is in a paragraph of the documentation."""
    with jam(write(tmp_path, JOINED), method):
        incident = Eyes(state_dir).until("get them first, then join()")
        assert "the main process waits for process" in incident.text
        assert "in results (made job.py:10" in incident.text


@pytest.mark.timeout(90)
@pytest.mark.parametrize("method", observed.METHODS)
def test_a_pool_whose_idle_workers_were_killed(state_dir: Path, tmp_path: Path, method: str) -> None:
    """One of them had the lock of the queue: the pool starts new workers, which look alive and never take a task."""
    with jam(write(tmp_path, KILLED_IDLE), method):
        incident = Eyes(state_dir).until("hangs")
        assert "was killed (SIGKILL) while it held the lock of the queue of tasks" in incident.text
        assert incident.pool_id is not None
