"""Process life in full, by every start method and Python: what the journal says equals what happened."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from procscope.runtime.events import (
    InitializerFailed,
    OurFault,
    PoolOpened,
    PoolState,
    ProcessAlive,
    ProcessSignalled,
    ProcessStarted,
    ServantStarted,
    TaskFailed,
    ThreadFailed,
    WorkerRetired,
)
from tests.support.observed import METHODS, bare, observed, same, write
from tests.support.pythons import VERSIONS, interpreter

EDGES = ("3.10", "3.13")

ENDS = """
    import multiprocessing as mp, sys, time

    def sleep():
        time.sleep(60)

    def work(x):
        return x

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        mp.set_start_method(sys.argv[1])
        mine = [context.Process(target=sleep, name=name) for name in ("terminated", "killed")]
        daemon = context.Process(target=sleep, name="daemon", daemon=True)
        for process in (*mine, daemon):
            process.start()
        mine[0].terminate(); mine[1].kill()
        for process in mine:
            process.join(); print(process.exitcode); process.close()
        try:
            daemon.close()
        except ValueError as error:
            print(error)
        with context.Pool(1) as pool:
            print(pool.map(work, [1]))
        with mp.Manager() as manager:
            print(list(manager.list([1, 2])))
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", EDGES)
def test_who_ended_whom_and_why(tmp_path: Path, version: str, method: str) -> None:
    """Daemons, a pool's workers and what the program terminated itself were all `the program sent it SIGTERM`."""
    python, script = interpreter(version).path, str(write(tmp_path, ENDS))
    seen = same(tmp_path, python, script, method)
    assert not seen.all(OurFault)
    names = {event.process: event.name for event in seen.all(ProcessStarted)}
    sent = {names[event.process]: (event.signal, event.why) for event in seen.all(ProcessSignalled)}
    worker = seen.one(ProcessStarted, kind="worker")
    assert sent.pop(worker.name, (15, "pool")) == (15, "pool")  # unless it had left by itself before
    assert sent == {"terminated": (15, ""), "killed": (9, ""), "daemon": (15, "daemon")}
    assert seen.one(ProcessStarted, name="daemon").daemon
    assert seen.one(ProcessStarted, kind="manager").name.startswith("SyncManager-")
    _check_servants({(event.kind, event.pid) for event in seen.all(ServantStarted)}, method)


def _check_servants(told: set[tuple[str, int]], method: str) -> None:
    """Each once: children use their parent's. A Manager of a program that forks needs no tracker."""
    kinds = sorted(kind for kind, _ in told)
    expected = {"fork": [], "spawn": ["resource_tracker"], "forkserver": ["forkserver", "resource_tracker"]}
    assert kinds == expected[method]


TURNOVER = """
    import multiprocessing as mp, sys
    from multiprocessing.pool import ThreadPool

    def inner(x):
        return x * 2

    def outer(x):
        with ThreadPool(2) as pool:
            return sum(pool.map(inner, range(x)))

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        with context.Pool(2, maxtasksperchild=2) as pool:
            print(sum(pool.map(outer, range(8), chunksize=1)))
            pool.close()
            pool.join()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", EDGES)
def test_what_a_pool_wears_out_and_the_pools_of_its_workers(tmp_path: Path, version: str, method: str) -> None:
    """Worn-out workers for eight tasks, and pools within workers that belong to the worker."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, TURNOVER)), method)
    assert not seen.all(OurFault)
    outer = seen.one(PoolOpened, kind="Pool")
    reasons = Counter(event.reason for event in seen.all(WorkerRetired) if event.pool == outer.pool)
    assert reasons["maxtasks"] in (3, 4)  # the last two tasks may go to two workers
    assert set(reasons) <= {"maxtasks", "sentinel"}
    inner = [told for told in seen.told for event in told.events if isinstance(event, PoolOpened) and event.size == 2]
    owners = {told.header.process for told in inner} - {seen.one(ProcessAlive, kind="main").process}
    workers = {event.process for event in seen.all(ProcessStarted) if event.kind == "worker"}
    assert owners
    assert owners <= workers
    threads = [event for event in seen.all(WorkerRetired) if event.pool != outer.pool]
    assert all(event.thread for event in threads)


EXITS = """
    import multiprocessing as mp, sys, time
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool

    def leave(code):
        sys.exit(code)

    def tell(call):
        try:
            print(call())
        except BaseException as error:
            print(type(error).__name__, error.args)

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        with context.Pool(1) as pool:
            worker = pool._pool[0]
            result = pool.apply_async(leave, (3,))
            while worker in pool._pool:  # who asks at the same time as the pool's own thread may be told 255
                time.sleep(0.01)
            print(worker.exitcode, result.ready())
        with ThreadPool(1) as pool:
            worker = pool._pool[0]
            result = pool.apply_async(leave, (3,))
            worker.join()
            print(result.ready())
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            tell(pool.submit(leave, 3).result)
        with ThreadPoolExecutor(1) as pool:
            tell(pool.submit(leave, 3).result)
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", EDGES)
def test_sys_exit_in_a_task(tmp_path: Path, version: str, method: str) -> None:
    """It takes a Pool's worker and its task along; an executor hands SystemExit over as the future's exception."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, EXITS)), method)
    assert not seen.all(OurFault)
    kinds = {event.pool: event.kind for event in seen.all(PoolOpened)}
    left = {kinds[event.pool] for event in seen.all(WorkerRetired) if event.reason == "exit"}
    assert left == {"Pool", "ThreadPool"}
    failed = Counter((kinds[event.pool], event.raised.type) for event in seen.all(TaskFailed))
    assert failed == {
        (kind, "SystemExit"): 1 for kind in ("ThreadPool", "ProcessPoolExecutor", "ThreadPoolExecutor")
    }  # fmt: skip
    lost = [told.slot for told in seen.told if told.slot is not None and kinds.get(told.slot.pool) == "Pool"]
    assert len(lost) == 1, "the Pool's task is what its dead worker's slot still names"


INITIALIZERS = """
    import multiprocessing as mp, os, sys, time
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool

    def work(x):
        return x

    def bad():
        raise ValueError("no config")

    def tell(make):
        try:
            with make() as pool:
                print(pool.submit(work, 1).result())
        except Exception as error:
            print(type(error).__name__)

    def wear_out(pool):
        while not (workers := list(pool._pool)):  # between the last worker and the next
            time.sleep(0.001)
        first = workers[0]
        first.join()
        while first in pool._pool and not isinstance(pool, ThreadPool):  # a thread's place stays empty
            time.sleep(0.01)
        pool.terminate()
        pool.join()

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        tell(lambda: ProcessPoolExecutor(1, mp_context=context, initializer=bad))
        tell(lambda: ThreadPoolExecutor(1, initializer=bad))
        wear_out(context.Pool(1, initializer=bad))
        wear_out(ThreadPool(1, initializer=bad))
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", EDGES)
def test_initializers_that_raise(tmp_path: Path, version: str, method: str) -> None:
    """A Pool starts worker after worker, for ever; a ThreadPool is left without; an executor breaks and hides why."""
    seen = same(tmp_path, interpreter(version).path, str(write(tmp_path, INITIALIZERS)), method)
    assert not seen.all(OurFault)
    kinds = {event.pool: event.kind for event in seen.all(PoolOpened)}
    assert {event.initializer for event in seen.all(PoolOpened)} == {"bad"}
    failed = {kinds[event.pool]: event for event in seen.all(InitializerFailed)}
    assert set(failed) == {"Pool", "ThreadPool", "ProcessPoolExecutor", "ThreadPoolExecutor"}
    assert {event.raised.message for event in failed.values()} == {"no config"}
    assert {kind for kind, event in failed.items() if event.thread} == {"ThreadPool", "ThreadPoolExecutor"}
    retired = {kinds[event.pool] for event in seen.all(WorkerRetired) if event.reason == "initializer"}
    assert retired == {"Pool", "ThreadPool"}
    broken = {kinds[event.pool]: event.reason for event in seen.all(PoolState) if event.state == "broken"}
    assert broken["ThreadPoolExecutor"] == "its initializer raised ValueError: no config in a thread"
    assert not seen.all(ThreadFailed), "told as the pool's already"


THREADS = """
    import multiprocessing as mp, sys, threading

    def hurt():
        raise ValueError("in a thread")

    def child():
        thread = threading.Thread(target=hurt, name="inner"); thread.start(); thread.join()

    if __name__ == "__main__":
        mp.set_start_method(sys.argv[1])
        print(threading.excepthook is threading.__excepthook__)
        for target, name in ((hurt, "outer"), (sys.exit, "quiet")):
            thread = threading.Thread(target=target, name=name, daemon=True); thread.start(); thread.join()
        process = mp.Process(target=child); process.start(); process.join(); print(process.exitcode)
        threading.excepthook = lambda args: print("mine", args.exc_value, args.thread.name)
        thread = threading.Thread(target=hurt, name="hooked"); thread.start(); thread.join()
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS[:4])
def test_exceptions_that_nobody_catches_in_threads(tmp_path: Path, version: str, method: str) -> None:
    """The traceback on stderr was all there was; it is the same, and the program's own hook is called as ever."""
    python, script = interpreter(version).path, str(write(tmp_path, THREADS))
    seen, plain = observed(tmp_path, python, [script, method]), bare(python, [script, method])
    assert (seen.out, seen.code, seen.err) == (plain.out, plain.code, plain.err)
    assert seen.out.startswith("True\n")
    failed = {event.thread: event for event in seen.all(ThreadFailed)}
    assert set(failed) == {"outer", "inner", "hooked"}
    assert failed["outer"].daemon
    assert {event.raised.message for event in failed.values()} == {"in a thread"}
    assert failed["inner"].process == seen.one(ProcessStarted).process
    assert not any("procscope/runtime" in frame.file for frame in failed["inner"].raised.frames)
