"""Pool and ThreadPool, by every start method and Python."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from procscope.runtime.events import (
    BatchSubmitted,
    ChunkRan,
    InitializerFailed,
    OurFault,
    PoolOpened,
    PoolState,
    ProcessExited,
    ProcessStarted,
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
    import multiprocessing as mp, multiprocessing.pool, os, sys, time

    def square(x): return x * x
    def add(x, y): return x + y
    def seven(x):
        if x == 7: raise ValueError("seven")
        return x
    def unpicklable(x): return lambda: x
    def ready(): pass
    def endless():
        yield 1
        yield 2
        raise OSError("dry")

    def use(pool):
        print(pool.apply(square, (3,)), pool.apply_async(add, (1,), {"y": 2}).get())
        print(pool.map(square, range(10)), pool.map_async(square, range(7), chunksize=3).get())
        print(pool.starmap(add, [(1, 2), (3, 4)]), pool.starmap_async(add, [(1, 2)]).get())
        print(list(pool.imap(square, iter(range(5)))), sorted(pool.imap_unordered(square, range(9), chunksize=4)))
        print(list(pool.imap(square, iter(range(10)), chunksize=4)), pool.map(square, []))
        for call in (
            lambda: pool.map(seven, range(20), chunksize=10), lambda: list(pool.imap(square, endless())),
            lambda: pool.apply(seven, (7,)),
        ):
            try: call()
            except Exception as error: print(repr(error))

    def main():
        mp.set_start_method(sys.argv[1])
        with mp.Pool(2, initializer=ready) as pool:
            use(pool)
            for args in ((unpicklable, (1,)), (square, (lambda: 1,))):
                try: pool.apply(*args)
                except Exception as error: print(type(error).__name__)
            try: pool.map(square, [1, 2, lambda: 3, 4, 5], chunksize=2)
            except Exception as error: print(type(error).__name__)
            pool.close(); pool.join()
        with mp.pool.ThreadPool(2) as pool:
            use(pool)

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS[:4])
def test_every_way_to_call(tmp_path: Path, version: str, method: str) -> None:
    """Each item and call once, in its state, by index; the counts are exact."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, JOB)), method)
    assert not seen.all(OurFault)
    for kind in ("Pool", "ThreadPool"):
        _check(seen, seen.one(PoolOpened, kind=kind).pool, threads=kind == "ThreadPool")
    opened = seen.one(PoolOpened, kind="Pool")
    assert (opened.size, opened.start_method, opened.initializer) == (2, method, "ready")
    assert "job.py" in opened.site
    assert [event.state for event in seen.all(PoolState) if event.pool == opened.pool] == ["closing", "closed"]
    _check_what_cannot_be_sent(seen, opened.pool)


def _check(seen: Outcome, pool: int, *, threads: bool) -> None:
    batches = {event.number: event for event in seen.all(BatchSubmitted) if event.pool == pool}
    done: Counter[int] = Counter()
    for ran in seen.all(ChunkRan):
        if ran.pool == pool:
            done[ran.number] += ran.succeeded
            assert sum(n for _, n in ran.buckets) == ran.succeeded
            assert bool(ran.thread) == threads
    named = {(batches[number].method, batches[number].func, n) for number, n in done.items() if number in batches}
    assert {
        ("map", "square", 10), ("map_async", "square", 7), ("starmap", "add", 2), ("starmap_async", "add", 1),
        ("imap", "square", 5), ("imap_unordered", "square", 9), ("imap", "square", 10), ("map", "seven", 17),
        ("imap", "square", 2),
    } <= named  # fmt: skip
    assert {event.total for event in batches.values() if event.method == "imap"} == {5, 10, 3}
    failed = seen.one(ChunkRan, pool=pool, failed=1, rest=2)
    assert (failed.chunk, failed.first, failed.succeeded) == (0, 0, 7)
    item = seen.one(TaskFailed, pool=pool, number=failed.number)
    assert (item.chunk, item.offset, item.args, item.raised.message) == (0, 7, "7", "seven")
    single = [event for event in seen.all(TaskRan) if event.pool == pool and event.outcome == State.FAILED]
    assert len(single) == 1
    assert seen.one(TaskFailed, pool=pool, number=single[0].number).offset == -1


def _check_what_cannot_be_sent(seen: Outcome, pool: int) -> None:
    assert seen.one(ResultFailed, pool=pool).stage == "result"
    whole, chunk = sorted((event for event in seen.all(TaskDropped) if event.pool == pool), key=lambda e: e.chunk)
    assert (whole.outcome, whole.reason) == (State.FAILED, "its arguments could not be pickled")
    assert (chunk.chunk, chunk.size) == (1, 2)
    assert chunk.raised is not None


@pytest.mark.parametrize("method", METHODS)
def test_maxtasksperchild(tmp_path: Path, method: str) -> None:
    """Nine of ten tasks were missing where each had a process of its own."""
    job = """
        import multiprocessing as mp, sys
        def f(x): return x
        if __name__ == "__main__":
            n = 200 if sys.argv[1] == "fork" else 12
            with mp.get_context(sys.argv[1]).Pool(3, maxtasksperchild=1) as pool:
                print(sum(r.get() for r in [pool.apply_async(f, (i,)) for i in range(n)]))
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), method)
    n = 200 if method == "fork" else 12
    assert len(seen.all(TaskSubmitted)) == len(seen.all(TaskRan)) == n
    assert len({told.header.process for told in seen.told if any(isinstance(e, TaskRan) for e in told.events)}) == n
    assert {event.reason for event in seen.all(WorkerRetired) if event.done} == {"maxtasks"}


@pytest.mark.parametrize("method", METHODS)
def test_a_worker_killed_in_the_middle_of_a_chunk(tmp_path: Path, method: str) -> None:
    """Which item it died on."""
    job = """
        import multiprocessing as mp, os, signal, sys, time
        def f(x):
            if x == 5: os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.05)
            return x
        if __name__ == "__main__":
            with mp.get_context(sys.argv[1]).Pool(1) as pool:
                victim = pool._pool[0].pid
                result = pool.map_async(f, range(8), chunksize=8)
                while [p.pid for p in pool._pool] in ([], [victim]): time.sleep(0.01)
                pool.apply(abs, (1,))
            print("gone")
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), method)
    exits = seen.all(ProcessExited)
    victim = next(event for event in exits if event.exit_code == -9)
    (slot,) = [told.slot for told in seen.told if told.header.pid == victim.pid and told.slot]
    assert (slot.offset, slot.args, slot.chunk) == (5, "5", 0)
    flushed = [e for told in seen.told if told.header.pid == victim.pid for e in told.events if isinstance(e, ChunkRan)]
    assert flushed
    assert not any(event.last for event in flushed)
    assert sum(event.succeeded for event in flushed) <= 5


def test_slow_items_are_listed_with_their_arguments(tmp_path: Path) -> None:
    """The item that took 30 ms was one of a thousand in a sum."""
    job = """
        import multiprocessing as mp, time
        def f(x):
            if x == 3: time.sleep(0.03)
            return x
        if __name__ == "__main__":
            with mp.get_context("fork").Pool(1) as pool: pool.map(f, range(100), chunksize=100)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    slow = [item for ran in seen.all(ChunkRan) for item in ran.slow if item.offset == 3]
    assert [item.args for item in slow] == ["3"]
    assert slow[0].ended - slow[0].started >= 30_000_000


@pytest.mark.parametrize(("detail", "listed"), [("all", 10), ("failures", 0)])
def test_detail(tmp_path: Path, detail: str, listed: int) -> None:
    """--detail says which items get rows."""
    job = """
        import multiprocessing as mp, time
        def f(x): time.sleep(0.002)
        if __name__ == "__main__":
            with mp.get_context("fork").Pool(1) as pool: pool.map(f, range(10), chunksize=5)
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)), PROCSCOPE_DETAIL=detail)
    assert sum(len(ran.slow) for ran in seen.all(ChunkRan)) == listed
    assert sum(ran.succeeded for ran in seen.all(ChunkRan)) == 10


def test_a_failing_initializer(tmp_path: Path) -> None:
    """Workers respawn for ever and nothing says why."""
    job = """
        import multiprocessing as mp, time
        def bad(): raise RuntimeError("no database")
        if __name__ == "__main__":
            pool = mp.get_context("fork").Pool(1, initializer=bad)
            time.sleep(0.5)
            pool.terminate()
            print("ended")
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    failures = seen.all(InitializerFailed)
    assert len(failures) > 1
    assert failures[0].raised.message == "no database"
    assert {event.pool for event in failures} == {seen.one(PoolOpened).pool}


def test_a_raising_callback_is_fatal(tmp_path: Path) -> None:
    """It kills the thread that hands out results: the pool hangs for ever."""
    job = """
        import multiprocessing as mp, time
        def f(x): return x
        def bad(x): raise RuntimeError("callback")
        if __name__ == "__main__":
            pool = mp.get_context("fork").Pool(1)
            pool.apply_async(f, (1,), callback=bad)
            time.sleep(0.5)
            print("main is fine", flush=True)
            import os; os._exit(0)
    """
    failed = same(tmp_path, sys.executable, str(write(tmp_path, job))).one(ResultFailed)
    assert (failed.stage, failed.fatal, failed.raised.message) == ("callback", True, "callback")


def test_terminate_is_deliberate(tmp_path: Path) -> None:
    """A pool that its program ended looked like a massacre."""
    job = """
        import multiprocessing as mp, time
        def f(x): time.sleep(30)
        if __name__ == "__main__":
            pool = mp.get_context("fork").Pool(2)
            pool.map_async(f, range(4)); time.sleep(0.3)
            pool.terminate(); pool.join()
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    assert [event.state for event in seen.all(PoolState)] == ["terminated"]
    assert len([told for told in seen.told if told.slot and told.slot.pool]) == 2


def test_a_pool_within_a_worker(tmp_path: Path) -> None:
    """Each pool's workers and tasks are its own."""
    job = """
        import multiprocessing as mp
        from concurrent.futures import ProcessPoolExecutor
        def leaf(x): return x
        def branch(n):
            with mp.get_context("fork").Pool(n) as pool: return pool.map(leaf, range(4))
        if __name__ == "__main__":
            with ProcessPoolExecutor(1, mp_context=mp.get_context("fork")) as executor:
                print(executor.submit(branch, 2).result())
    """
    seen = same(tmp_path, sys.executable, str(write(tmp_path, job)))
    outer, inner = (seen.one(PoolOpened, kind=kind).pool for kind in ("ProcessPoolExecutor", "Pool"))
    workers = {event.process: event.pool for event in seen.all(ProcessStarted)}
    assert Counter(workers.values()) == {outer: 1, inner: 2}
    parents = {told.header.process: told.header.parent for told in seen.told if told.header.pool == inner}
    (owner,) = set(parents.values())
    assert workers[owner] == outer
    assert sum(ran.succeeded for ran in seen.all(ChunkRan) if ran.pool == inner) == 4
