"""The straight line: a program by each start method, then what the command line says of it, exactly."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.integration.runs import asked, last_run, run, states, tasks, write

METHODS = ["fork", "spawn", "forkserver"]

pytestmark = pytest.mark.parametrize("method", METHODS)


def test_a_pool(tmp_path: Path, method: str) -> None:
    """Each way into a Pool, with a failure in the middle of a chunk."""
    source = """
        import multiprocessing, sys, time

        def picky(n):
            if n == 3:
                raise ValueError("three is too many")
            return n * n

        def add(a, b):
            return a + b

        if __name__ == "__main__":
            with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
                pool.apply(picky, (1,))
                pool.apply_async(picky, (2,)).get()
                for call in (lambda: pool.apply(picky, (3,)), lambda: pool.map(picky, range(10), chunksize=5)):
                    try:
                        call()
                    except ValueError as error:
                        print(error)
                print(pool.starmap(add, [(1, 2), (3, 4)], chunksize=1))
                print(sum(pool.imap(abs, range(5))), sum(pool.imap_unordered(abs, range(100), chunksize=10)))
                pool.close()
                pool.join()
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "three is too many\nthree is too many\n[3, 7]\n10 4950\n", done.stderr
    found = last_run()
    assert (found["state"], found["exit_code"], found["workers"], found["dropped"]) == ("finished", 0, 2, 0)
    assert states(found) == {"succeeded": 2 + 8 + 2 + 5 + 100, "failed": 2, "cancelled": 1}
    alone, item = sorted(tasks("state:failed"), key=lambda task: task["index"] is not None)
    assert (alone["index"], item["index"]) == (None, 3)
    assert alone["args"] == item["args"] == "3"
    assert item["exception"]["type"] == "ValueError"
    assert "three is too many" in item["exception"]["traceback"]
    assert item["func"] == "picky"
    (cancelled,) = tasks("state:cancelled")
    assert cancelled["index"] == 4


def test_an_executor(tmp_path: Path, method: str) -> None:
    """submit, map by chunks, a failure with its cause, and a future cancelled before it ran."""
    source = """
        import multiprocessing, sys, time
        from concurrent.futures import ProcessPoolExecutor

        def load(n):
            try:
                return 1 / n
            except ZeroDivisionError as error:
                raise LookupError(f"no {n}") from error

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            with ProcessPoolExecutor(1, mp_context=context) as executor:
                print([executor.submit(load, n).result() for n in (1, 2)], executor.submit(load, 0).exception())
                print(len(list(executor.map(load, range(1, 8), chunksize=3))))
                blocker = [executor.submit(time.sleep, 0.5) for _ in range(4)]
                print(executor.submit(load, 5).cancel())
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "[1.0, 0.5] no 0\n7\nTrue\n", done.stderr
    found = last_run()
    assert states(found) == {"succeeded": 2 + 7 + 4, "failed": 1, "cancelled": 1}
    (failed,) = tasks("state:failed")
    assert failed["exception"]["type"] == "LookupError"
    assert [cause["type"] for cause in failed["exception"]["causes"]] == ["ZeroDivisionError"]
    assert failed["wait_s"] >= 0 <= failed["run_s"]
    (cancelled,) = tasks("state:cancelled")
    assert (cancelled["started_at"], cancelled["pid"]) == (None, None)


def test_processes(tmp_path: Path, method: str) -> None:
    """A Process is a task: how it ended, with its exit code or signal, is in the tree."""
    source = """
        import multiprocessing, os, signal, sys

        def well():
            pass

        def badly():
            raise RuntimeError("badly")

        def strike():
            os.kill(os.getpid(), signal.SIGKILL)

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            children = [context.Process(target=f, name=f.__name__) for f in (well, badly, strike)]
            for child in children:
                child.start()
                child.join()
            print([child.exitcode for child in children])
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "[0, 1, -9]\n", done.stderr
    assert states(last_run()) == {"succeeded": 1, "failed": 1, "lost": 1}
    # Said before the collector knew of every death, it was once one failure short of what was stored.
    told = done.stderr.splitlines()[-1]
    assert told.endswith(("3 tasks, 1 failed, 1 lost, 0 dropped", "see `procscope runs`")), told
    (main,) = asked("tree")
    named = {node["name"]: node for node in main["children"]}
    assert {name: (node["state"], node["exit_code"]) for name, node in named.items() if name in ("well", "badly")} == {
        "well": ("finished", 0),
        "badly": ("failed", 1),
    }
    assert (named["strike"]["state"], named["strike"]["signal"]) == ("killed", signal.SIGKILL)


def test_a_killed_pool_worker(tmp_path: Path, method: str) -> None:
    """The pool goes on as if nothing had happened and the result never comes: who died, of what, on which item?"""
    source = """
        import multiprocessing, os, signal, sys, time

        def work(n):
            time.sleep(0.05)
            if n == 5:
                os.kill(os.getpid(), signal.SIGKILL)
            return n

        if __name__ == "__main__":
            with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
                try:
                    pool.map_async(work, range(12), chunksize=4).get(timeout=4)
                except multiprocessing.TimeoutError:
                    print("never")
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "never\n", done.stderr
    assert states(last_run()) == {"succeeded": 4 + 1 + 4, "lost": 1, "cancelled": 2}
    (lost,) = tasks("state:lost")
    assert (lost["index"], lost["args"]) == (5, "5")
    (main,) = asked("tree")
    (killed,) = [node for node in main["children"] if node["state"] == "killed" and node["current"]]
    assert (killed["pid"], killed["signal"], killed["current"]["index"]) == (lost["pid"], signal.SIGKILL, 5)
    assert killed["current"]["task"] == lost["id"]


def test_a_killed_executor_worker(tmp_path: Path, method: str) -> None:
    """Every future fails alike; only one of the workers did it."""
    source = """
        import multiprocessing, os, signal, sys, time
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        def work(n):
            if n == 1:
                time.sleep(0.5)
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(30 * (n == 0))

        if __name__ == "__main__":
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(sys.argv[1])) as executor:
                futures = [executor.submit(work, n) for n in range(6)]
                print(sorted({type(future.exception()).__name__ for future in futures[:2]}))
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "['BrokenProcessPool']\n", done.stderr
    last_run()
    lost = {task["args"]: task for task in tasks("state:lost")}
    assert set(lost) == {"0", "1"}
    (main,) = asked("tree")
    assert {node["pid"] for node in main["children"] if node["signal"] == signal.SIGKILL} == {lost["1"]["pid"]}


def test_children_of_children(tmp_path: Path, method: str) -> None:
    """A nested pool hangs below the process that made it, a Python subprocess below the one that ran it."""
    source = """
        import multiprocessing, subprocess, sys

        def nested(method):
            with multiprocessing.get_context(method).Pool(1) as pool:
                return pool.apply(abs, (-3,))

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            child = context.Process(target=nested, args=(sys.argv[1],), name="outer")
            child.start()
            child.join()
            print(child.exitcode)
    """
    done = run(write(tmp_path, source), method)
    assert done.stdout == "0\n", done.stderr
    assert states(last_run()) == {"succeeded": 2}
    (main,) = asked("tree")
    (outer,) = [node for node in main["children"] if node["name"] == "outer"]
    servants = ["forkserver"] if method == "forkserver" else []  # a child of a fork server starts one of its own
    assert sorted(node["kind"] for node in outer["children"]) == [*servants, "worker"]
