"""ProcessPoolExecutor and ThreadPoolExecutor, by every start method and Python."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from procscope.runtime.events import (
    BatchSubmitted,
    ChunkRan,
    ChunkSubmitted,
    InitializerFailed,
    OurFault,
    PoolOpened,
    PoolState,
    ProcessExited,
    ResultFailed,
    State,
    TaskDropped,
    TaskFailed,
    TaskRan,
    TaskSubmitted,
    WorkerRetired,
)
from tests.support.observed import METHODS, Outcome, same, write
from tests.support.pythons import VERSIONS, interpreter

JOB = """
    import multiprocessing as mp, sys, time
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

    def square(x): return x * x
    def add(x, y): return x + y
    def seven(x):
        if x == 7: raise ValueError("seven") from KeyError("cause")
        return x
    def unpicklable(x): return lambda: x
    def leave(x): sys.exit(4)
    def bad(future): raise RuntimeError("callback")
    def nap(x): time.sleep(0.02); return x

    def use(executor):
        print(executor.submit(square, 3).result(), executor.submit(add, 1, y=2).result())
        print(list(executor.map(square, range(10))), list(executor.map(add, iter([1, 2, 3]), [4, 5, 6])))
        print(list(executor.map(square, range(10), chunksize=4)))
        for call in (
            lambda: executor.submit(seven, 7).result(), lambda: list(executor.map(seven, range(20), chunksize=10)),
        ):
            try: call()
            except Exception as error: print(repr(error), repr(error.__cause__)[:20] and "caused")
        print(type(executor.submit(leave, 1).exception()).__name__)
        future = executor.submit(nap, 1)
        future.add_done_callback(bad)
        future.result()

    def main():
        context = mp.get_context(sys.argv[1])
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            use(executor)
            print(type(executor.submit(unpicklable, 1).exception()).__name__)
            print(type(executor.submit(square, lambda: 1).exception()).__name__)
        with ThreadPoolExecutor(2) as executor:
            use(executor)
        with ThreadPoolExecutor(1) as executor:
            futures = [executor.submit(nap, i) for i in range(4)]
            print(futures[3].cancel(), futures[3].cancel())
        executor = ProcessPoolExecutor(1, mp_context=context)
        futures = [executor.submit(nap, i) for i in range(20)]
        executor.shutdown(cancel_futures=True)
        print(sum(f.cancelled() for f in futures) > 10)

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS[:4])
def test_every_way_to_call(tmp_path: Path, version: str, method: str) -> None:
    """Each call and item once, in its state; the counts are exact."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, JOB)), method)
    assert not seen.all(OurFault)
    processes, threads, single, last = (event.pool for event in seen.all(PoolOpened))
    _check_processes(seen, processes)
    _check_threads(seen, threads)
    (cancelled,) = [event for event in seen.all(TaskDropped) if event.pool == single]
    assert (cancelled.outcome, cancelled.reason) == (State.CANCELLED, "its future was cancelled")
    submitted = [event.number for event in seen.all(TaskSubmitted) if event.pool == last]
    ran = [event.number for event in seen.all(TaskRan) if event.pool == last]
    gone = [event.number for event in seen.all(TaskDropped) if event.pool == last]
    assert sorted(ran + gone) == submitted == list(range(20))
    states = [event.state for event in seen.all(PoolState) if event.pool == processes]
    assert sorted(states) == ["closed", "closing"]


def _check_processes(seen: Outcome, pool: int) -> None:
    batches = {event.number: event for event in seen.all(BatchSubmitted) if event.pool == pool}
    assert [(batch.total, batch.chunksize) for batch in batches.values()] == [(10, 1), (3, 1), (10, 4), (20, 10)]
    chunks = {event.number: event for event in seen.all(ChunkSubmitted) if event.pool == pool}
    done: Counter[int] = Counter()
    for ran in seen.all(ChunkRan):
        if ran.pool == pool:
            done[chunks[ran.number].batch] += ran.succeeded + ran.failed + ran.rest
    assert done == {number: batch.total for number, batch in batches.items()}
    failed = seen.one(ChunkRan, pool=pool, failed=1)
    assert (failed.chunk, failed.succeeded, failed.rest) == (-1, 7, 2)
    item = seen.one(TaskFailed, pool=pool, number=failed.number)
    assert (item.offset, item.args, item.raised.causes[0].type, item.raised.causes[0].link) == (
        7, "7", "KeyError", "cause",
    )  # fmt: skip
    assert item.raised.frames[-1].func == "seven"
    stages = Counter(event.stage for event in seen.all(ResultFailed) if event.pool == pool)
    assert stages == {"callback": 1, "result": 1}
    (unsent,) = [event for event in seen.all(TaskDropped) if event.pool == pool]
    assert (unsent.outcome, unsent.reason) == (State.FAILED, "its arguments could not be pickled")


def _check_threads(seen: Outcome, pool: int) -> None:
    calls = [event for event in seen.all(TaskSubmitted) if event.pool == pool]
    ran = {event.number: event for event in seen.all(TaskRan) if event.pool == pool}
    assert {event.number for event in calls} == set(ran)
    assert len({(event.batch, event.index) for event in calls if event.batch != -1}) == 10 + 3 + 10 + 20
    assert Counter(event.outcome for event in ran.values()) == {State.SUCCEEDED: len(calls) - 3, State.FAILED: 3}
    assert all(event.thread.startswith("ThreadPoolExecutor") for event in ran.values())
    assert [event.stage for event in seen.all(ResultFailed) if event.pool == pool] == ["callback"]


@pytest.mark.parametrize("method", METHODS)
def test_the_culprit_of_a_broken_pool(tmp_path: Path, method: str) -> None:
    """One worker was killed; the standard library ends the others, and all futures fail alike."""
    job = """
        import multiprocessing as mp, os, signal, sys, time
        from concurrent.futures import ProcessPoolExecutor
        def f(x):
            if x == 3: os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.1 if x < 3 else 30)
        if __name__ == "__main__":
            with ProcessPoolExecutor(3, mp_context=mp.get_context(sys.argv[1])) as executor:
                futures = [executor.submit(f, x) for x in range(8)]
                print({type(future.exception()).__name__ for future in futures if future.exception()})
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), method)
    broken = seen.one(PoolState, state="broken")
    codes = {event.pid: event.exit_code for event in seen.all(ProcessExited)}
    assert [codes[pid] for pid in broken.culprits] == [-9]
    numbers = {told.header.pid: told.slot.number for told in seen.told if told.slot}
    assert numbers[broken.culprits[0]] == 3


@pytest.mark.parametrize("method", METHODS)
def test_a_failing_initializer(tmp_path: Path, method: str) -> None:
    """The worker exits 0 and the pool is broken."""
    job = """
        import multiprocessing as mp, sys
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        def bad(): raise RuntimeError("no database")
        if __name__ == "__main__":
            for executor in (
                ProcessPoolExecutor(1, mp_context=mp.get_context(sys.argv[1]), initializer=bad),
                ThreadPoolExecutor(1, initializer=bad),
            ):
                with executor: print(type(executor.submit(abs, 1).exception()).__name__)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), method)
    failures = {event.pool: event.raised.message for event in seen.all(InitializerFailed)}
    assert failures == {event.pool: "no database" for event in seen.all(PoolOpened)}
    assert {event.pool for event in seen.all(PoolState) if event.state == "broken"} == set(failures)


@pytest.mark.parametrize("version", VERSIONS[1:4])
def test_max_tasks_per_child(tmp_path: Path, version: str) -> None:
    """Each worker serves two tasks."""
    job = """
        import multiprocessing as mp
        from concurrent.futures import ProcessPoolExecutor
        if __name__ == "__main__":
            context = mp.get_context("forkserver")
            with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=2) as executor:
                print([executor.submit(abs, i).result() for i in range(4)])
    """
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, job)))
    assert seen.one(PoolOpened).max_tasks == 2
    retired = Counter((event.reason, event.done) for event in seen.all(WorkerRetired) if event.done)
    assert retired == {("maxtasks", 2): 2}


def test_what_is_submitted_while_a_map_submits_is_not_its_item(tmp_path: Path) -> None:
    """Workers forked by a map took themselves for a part of it: their own tasks were its items, some were invented."""
    source = """
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        import multiprocessing

        def g(x): return x
        def f(x): return x
        def nested(x):
            with ProcessPoolExecutor(1, mp_context=context) as own, ThreadPoolExecutor(1) as threads:
                first = threads.submit(g, 1).result()
                return first + sum(own.map(g, range(4), chunksize=2)) + sum(threads.map(f, range(2)))

        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(1, mp_context=context) as executor:
            print(list(executor.map(nested, range(2))))
        with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
            print(list(one.map(f, (other.submit(g, x).result() for x in range(3)))))
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, source)))
    batches = {(event.pool, event.number): event.func for event in seen.all(BatchSubmitted)}
    assert Counter(batches.values()) == {"nested": 1, "g": 2, "f": 3}
    assert Counter(batches[event.pool, event.batch] for event in seen.all(ChunkSubmitted)) == {"nested": 2, "g": 4}
    assert {event.base for event in seen.all(ChunkSubmitted)} == {0, 1, 2}
    items = [(event.func, event.index) for event in seen.all(TaskSubmitted)]
    assert Counter(items) == {("g", -1): 5, ("f", 0): 3, ("f", 1): 3, ("f", 2): 1}


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_what_asyncio_hands_to_threads_has_its_own_name(tmp_path: Path, version: str) -> None:
    """asyncio.to_thread() wraps the call in its context: every one was a call of Context.run, without arguments."""
    source = """
        import asyncio

        def load(path, password=""): return path

        async def main():
            print(await asyncio.to_thread(load, "a", password="b"))
            print(await asyncio.get_running_loop().run_in_executor(None, load, "c"))

        asyncio.run(main())
    """
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, source)))
    calls = [(event.func, event.args) for event in seen.all(TaskSubmitted)]
    assert calls == [("load", "'a', password=***"), ("load", "'c'")]


def test_no_reference_is_kept(tmp_path: Path) -> None:
    """Results and arguments lived as long as their executor."""
    job = """
        import gc, weakref
        from concurrent.futures import ThreadPoolExecutor
        class Big: pass
        def f(x): return Big()
        with ThreadPoolExecutor(1) as executor:
            argument = Big()
            future = executor.submit(f, argument)
            seen = [weakref.ref(argument), weakref.ref(future.result()), weakref.ref(future)]
            del argument, future
            executor.submit(abs, 1).result()
            print([ref() for ref in seen])
    """
    assert same(tmp_path, sys.executable, str(write(tmp_path, job))).out == "[None, None, None]\n"
