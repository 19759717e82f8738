"""A program from its first line to the answers of the command line: where its tasks' time went, and what they said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from procscope.runtime.collector.start import ensure_running
from procscope.runtime.settings import Settings
from tests.integration.runs import ROOT, Object, asked, last_run, tasks, write
from tests.support.pythons import STARTS, interpreter

JOB = """
    import logging, multiprocessing as mp, os, signal, sys, time
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    import procscope

    def large(x):
        time.sleep(0.12)
        return b"x" * 200_000

    def item(x):
        procscope.progress(x, 4, "halfway")
        if x == 2: logging.warning("item %d is odd", x)
        time.sleep(0.6 if x == 2 else 0.002)
        return x

    def doomed(x):
        print("out of memory soon", file=sys.stderr)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)

    if __name__ == "__main__":
        context = mp.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            print(len(pool.apply(large, (b"y" * 100_000,))), pool.map(item, range(4), chunksize=2))
            print([len(x) for x in pool.imap(large, range(2))])
            pool.close(); pool.join()
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            print(len(executor.submit(large, 1).result()), list(executor.map(item, range(4), chunksize=4)))
        with ThreadPoolExecutor(1) as executor:
            print(executor.submit(item, 1).result())
        process = context.Process(target=doomed, args=(1,)); process.start(); process.join()
        print(process.exitcode)
"""
_OBSERVED = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import procscope; procscope.instrument(); "
    "from procscope.runtime.instrument.boot import run_program; run_program(sys.argv[1:])"
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("version", "method"), STARTS)
def test_the_time_of_every_task_is_told_apart(tmp_path: Path, version: str, method: str) -> None:
    """Queue, run and way back, bytes in and out; of threads no invented zero."""
    script = write(tmp_path, JOB)
    ensure_running(Settings.from_environment())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [interpreter(version).path, "-c", _OBSERVED, str(script), method],
        capture_output=True, text=True, timeout=110, env=environment,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "-9", done.stderr
    told = last_run()
    assert told["dropped"] == 0
    _check_split(tasks("func:large"))
    _check_items(tasks("func:item"))
    (lost,) = tasks("func:doomed")
    assert (lost["state"], lost["transfer_s"]) == ("lost", None)
    assert [log["message"] for log in _detail(lost)["logs"]] == ["out of memory soon"]
    _check_speedup()


def _check_split(large: list[Object]) -> None:
    assert len(large) == 4
    for task in large:
        assert 200_000 < task["bytes_out"] < 201_000
        assert 0 <= task["transfer_s"] < 60
    assert sorted(task["bytes_in"] // 1000 for task in large) == [0, 0, 0, 100]


def _check_items(items: list[Object]) -> None:
    slow = [task for task in items if task["index"] == 2]
    assert [task["progress"] for task in slow] == [{"done": 2, "total": 4, "text": "halfway"}] * 2
    for task in slow:
        (log,) = _detail(task)["logs"]
        assert (log["level"], log["message"], log["task"]) == (30, "item 2 is odd", task["id"])
    (threaded,) = [task for task in items if task["pool"].startswith("Thread")]
    assert (threaded["transfer_s"], threaded["bytes_in"], threaded["bytes_out"]) == (None, None, None)


def _detail(task: Object) -> Object:
    (found,) = asked("task", str(task["id"]))
    return found


def _check_speedup() -> None:
    pools = {one["kind"]: one for one in asked("speedup")}
    assert set(pools) == {"Pool", "ProcessPoolExecutor", "ThreadPoolExecutor"}
    for one in pools.values():
        shares = sum(lost["share"] for what, lost in one["lost"].items() if what != "locks")
        assert one["efficiency"] + shares == pytest.approx(1.0, abs=0.05), one
    pool = pools["Pool"]
    assert sum(worker["tasks"] for worker in pool["by_worker"]) == 7
    assert sum(worker["calls"] for worker in pool["by_worker"]) == 5
    assert pool["bytes_out"] > 600_000
    (large,) = [one for one in pool["functions"] if one["func"].endswith("large")]
    assert (large["tasks"], large["bytes_out"] > 200_000, large["wait_s"] >= 0) == (3, True, True)
    assert pools["ThreadPoolExecutor"]["by_worker"] == []
