"""Libraries that bring a multiprocessing or an executor of their own, bare and observed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from procscope.runtime.events import (
    BatchSubmitted,
    ChunkRan,
    ChunkSubmitted,
    PoolOpened,
    PoolState,
    ProcessExited,
    ProcessSignalled,
    ProcessStarted,
    TaskDropped,
    TaskFailed,
    TaskRan,
    TaskSubmitted,
)
from tests.integration import runs
from tests.support.observed import Outcome, same, write


def seen(folder: Path, library: str, source: str, *words: str) -> Outcome:
    """What an observed program that needs `library` says, having checked that it does as it does bare."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    outcome = same(folder, sys.executable, str(write(folder, source)), *words)
    assert not [told.drops for told in outcome.told if any(told.drops)]
    return outcome


def counted(outcome: Outcome) -> tuple[int, int, int]:
    """Items that succeeded, failed, never ran, of all chunks."""
    ran = outcome.all(ChunkRan)
    return sum(e.succeeded for e in ran), sum(e.failed for e in ran), sum(e.rest for e in ran)


COPY = """
    import os, signal, sys
    import multiprocess as mp

    def maker():
        def inner(x):
            if x == 3:
                raise ValueError("no threes")
            return x * x
        return inner

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            print(pool.map(maker(), [0, 1, 2], chunksize=2))
            try:
                pool.apply_async(maker(), (3,)).get(60)
            except ValueError as error:
                print(error)
            pool.close()
            pool.join()
        child = context.Process(target=lambda: os.kill(os.getpid(), signal.SIGKILL))
        child.start()
        child.join()
        print(child.exitcode)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocess_is_another_multiprocessing(tmp_path: Path, method: str) -> None:
    """A program that imports multiprocess (as datasets and pathos do) was shown as one process without tasks."""
    outcome = seen(tmp_path, "multiprocess", COPY, method)
    assert counted(outcome) == (3, 0, 0)
    assert outcome.one(TaskFailed).raised.message == "no threes"
    assert outcome.one(PoolOpened).name == "multiprocess-1"
    assert outcome.one(BatchSubmitted).func == "maker.<locals>.inner"
    started = outcome.all(ProcessStarted)
    assert [e.kind for e in started] == ["worker", "worker", "process"]
    assert outcome.one(ProcessExited, pid=started[2].pid).exit_code == -9


def test_what_multiprocess_shares_is_seen_as_well(tmp_path: Path) -> None:
    """Locks and queues of the copy were created, waited for and leaked in the dark."""
    if importlib.util.find_spec("multiprocess") is None:
        pytest.skip("multiprocess is not installed")
    source = """
        import multiprocess as mp

        def work(queue, lock, n):
            with lock:
                queue.put(n)

        if __name__ == "__main__":
            context = mp.get_context("fork")
            queue, lock = context.Queue(), context.Lock()
            children = [context.Process(target=work, args=(queue, lock, n)) for n in range(3)]
            for child in children:
                child.start()
            print(sorted(queue.get() for _ in children))
            for child in children:
                child.join()
    """
    assert runs.run(runs.write(tmp_path, source)).stdout == "[0, 1, 2]\n"
    assert runs.last_run()["state"] == "finished"
    shared = {each["kind"]: each for each in runs.asked("sync", "last")}
    assert shared["Lock"]["acquired"] == 3
    assert (shared["Queue"]["items_in"], shared["Queue"]["items_out"]) == (3, 3)


PARALLEL = """
    import sys
    from joblib import Parallel, delayed

    def square(x, y=0):
        if x == 13:
            raise ValueError("unlucky")
        return x * x + y

    if __name__ == "__main__":
        backend = sys.argv[1]
        print(Parallel(n_jobs=2, backend=backend)(delayed(square)(n, y=1) for n in range(12)))
        print(Parallel(n_jobs=2, backend=backend, batch_size=5, pre_dispatch="all")(
            delayed(f)(n) for n in range(3) for f in (square, abs)
        ))
        try:
            Parallel(n_jobs=2, backend=backend, batch_size=4, pre_dispatch="all")(
                delayed(square)(n) for n in range(10, 18)
            )
        except ValueError as error:
            print(error)
"""


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_the_calls_of_joblibs_batches_are_items(tmp_path: Path, backend: str) -> None:
    """joblib bundles calls: each bundle was one task called BatchedCalls, with no arguments and no index."""
    outcome = seen(tmp_path, "joblib", PARALLEL, backend)
    told = [e for e in outcome.all(BatchSubmitted) if e.total >= 0]
    assert (told[0].func, told[0].method) == ("square", "Parallel")
    assert told[0].total == 12
    assert sum(e.total for e in told[1:-1]) == 6
    first = [e for e in outcome.all(ChunkSubmitted) if e.batch == told[0].number]
    assert sorted(n for e in first for n in range(e.base, e.base + e.size)) == list(range(12))
    failed = outcome.one(TaskFailed)
    assert (failed.args, failed.raised.message) == ("13", "unlucky")
    assert failed.raised.frames[-1].func == "square"
    assert counted(outcome)[1] == 1


def test_a_worker_that_joblib_loses_is_told_from_those_it_kills(tmp_path: Path) -> None:
    """loky ends the innocent with SIGKILL too: all of them looked like the culprit."""
    source = """
        import os, time
        from joblib import Parallel, delayed

        def work(x):
            if x == 5:
                os.kill(os.getpid(), 9)
            time.sleep(0.05)

        if __name__ == "__main__":
            try:
                Parallel(n_jobs=2, batch_size=1)(delayed(work)(n) for n in range(8))
            except Exception as error:
                print(type(error).__name__)
    """
    outcome = seen(tmp_path, "joblib", source)
    assert outcome.out == "TerminatedWorkerError\n"
    broken = outcome.one(PoolState, state="broken")
    (culprit,) = broken.culprits
    spared = outcome.one(ProcessSignalled)
    assert spared.pid != culprit
    assert {e.pid for e in outcome.all(ProcessExited)} >= {culprit}


def test_loky_on_its_own(tmp_path: Path) -> None:
    """loky's executor has a submit, a map, a shutdown and a worker loop of its own: none of it was seen."""
    source = """
        from loky import get_reusable_executor

        class Unsendable:
            def __reduce__(self):
                raise TypeError("stays here")

        def more(x):
            if x == 4:
                raise KeyError("four")
            return x + 1

        if __name__ == "__main__":
            executor = get_reusable_executor(max_workers=2)
            print(list(executor.map(more, range(4), chunksize=2)))
            for future in [executor.submit(more, n) for n in (3, 4)]:
                print(repr(future.exception()))
            print(type(executor.submit(more, Unsendable()).exception()).__name__)
            executor.shutdown(True, True)
    """
    outcome = seen(tmp_path, "loky", source)
    opened = outcome.one(PoolOpened)
    assert (opened.kind, opened.name, opened.size, opened.start_method) == ("ProcessPoolExecutor", "loky-1", 2, "loky")
    assert opened.site.endswith("job.py:14")
    assert counted(outcome) == (4, 0, 0)
    assert sorted(e.outcome for e in outcome.all(TaskRan)) == [2, 3]
    assert outcome.one(TaskFailed).args == "4"
    assert outcome.one(TaskDropped).raised is not None
    assert {e.signal for e in outcome.all(ProcessSignalled)} == {9}
    assert outcome.all(PoolState)[-1].state == "closed"


def test_tqdm_maps(tmp_path: Path) -> None:
    """process_map and thread_map make executors of the standard library: their items show like any other's."""
    source = """
        from tqdm.contrib.concurrent import process_map, thread_map

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            print(process_map(double, range(10), max_workers=2, chunksize=3, disable=True))
            print(thread_map(double, range(4), max_workers=2, disable=True))
    """
    outcome = seen(tmp_path, "tqdm", source)
    assert counted(outcome) == (10, 0, 0)
    assert len(outcome.all(TaskRan)) == 4
    assert all(e.site.endswith(("job.py:8", "job.py:9")) for e in outcome.all(PoolOpened))


FOREIGN = {
    "pebble": """
        from pebble import ProcessPool

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            with ProcessPool(max_workers=2) as pool:
                print([pool.schedule(double, args=[n]).result() for n in range(3)])
    """,
    "mpire": """
        from mpire import WorkerPool

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            with WorkerPool(n_jobs=2) as pool:
                print(pool.map(double, range(3)))
    """,
    "billiard": """
        import billiard

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            pool = billiard.Pool(2)
            print(pool.map(double, range(3)))
            pool.close()
            pool.join()
    """,
    "distributed": """
        from distributed import Client, LocalCluster

        def double(x):
            return 2 * x

        if __name__ == "__main__":
            with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
                with Client(cluster) as client:
                    print(client.gather(client.map(double, range(3))))
    """,
}


@pytest.mark.parametrize("library", FOREIGN)
def test_a_loop_that_is_not_known_is_said_to_be_that(tmp_path: Path, library: str) -> None:
    """The whole life of a library's worker was shown as one task, running for hours and lost in the end."""
    outcome = seen(tmp_path, library, FOREIGN[library])
    workers = outcome.all(ProcessStarted)
    assert len(workers) >= 2
    assert {(e.kind, e.pool, e.library) for e in workers} == {("worker", 0, library)}
    executors = {e.pool for e in outcome.all(PoolOpened)}  # dask's workers have some of threads, the others none
    assert bool(executors) == (library == "distributed")
    assert {e.pool for e in outcome.all(TaskSubmitted)} <= executors


def test_scikit_learns_fits_are_items(tmp_path: Path) -> None:
    """n_jobs is how most people come to have worker processes: what they did was not to be seen."""
    source = """
        from sklearn.datasets import make_classification
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_score

        if __name__ == "__main__":
            x, y = make_classification(120, 6, random_state=0)
            print(cross_val_score(LogisticRegression(), x, y, cv=4, n_jobs=2).round(3))
    """
    outcome = seen(tmp_path, "sklearn", source)
    assert outcome.one(PoolOpened).name == "joblib-1"
    assert counted(outcome) == (4, 0, 0)
    assert {e.func.rpartition(".")[2] for e in outcome.all(BatchSubmitted)} == {"_fit_and_score"}


def test_a_library_function_in_a_process_of_the_program_is_its_task(tmp_path: Path) -> None:
    """Only a library that starts processes itself has workers: a Process of the program's runs what it was told to."""
    source = """
        import multiprocessing
        import loky

        if __name__ == "__main__":
            child = multiprocessing.Process(target=loky.cpu_count)
            child.start()
            child.join()
    """
    outcome = seen(tmp_path, "loky", source)
    assert (outcome.one(ProcessStarted).kind, outcome.one(ProcessStarted).library) == ("process", "")
    assert outcome.one(TaskSubmitted).func.endswith("cpu_count")
