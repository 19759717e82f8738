"""What short tasks and dying workers said stays with their tasks, from the program to the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.runs import asked, last_run, run, tasks, write

DYING = """
    import multiprocessing as mp, os, sys
    from concurrent.futures import ProcessPoolExecutor

    def die(number):
        print("no memory left", file=sys.stderr, flush=True)
        os.kill(os.getpid(), number)

    if __name__ == "__main__":
        for number in (9, 15):
            with ProcessPoolExecutor(2, mp_context=mp.get_context(sys.argv[1])) as executor:
                print(type(executor.submit(die, number).exception()).__name__)
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_an_executors_worker_was_killed_and_its_last_words_are_there(tmp_path: Path, method: str) -> None:
    """A broken executor sends SIGTERM to the dead as well: as that seemed to be what ended it, nothing was kept."""
    done = run(write(tmp_path, DYING), method)
    assert done.stdout.split() == ["BrokenProcessPool"] * 2, done.stderr
    assert last_run()["tasks"]["lost"] == 2
    for task in tasks():
        name = {"9": "SIGKILL", "15": "SIGTERM"}[task["args"]]
        assert (task["state"], task["reason"]) == ("lost", f"worker {task['pid']} was killed by {name}")
        (detail,) = asked("task", str(task["id"]))
        assert [log["message"] for log in detail["logs"]] == ["no memory left"]


SHORT = """
    import sys, time
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    import procscope

    def told(x):
        procscope.progress(x, 9, "at it")
        time.sleep(0.002)

    def silent(x):
        time.sleep(0.002)

    if __name__ == "__main__":
        with ProcessPoolExecutor(1) as executor:
            for x in range(4):
                executor.submit(told, x)
                executor.submit(silent, x)
            list(executor.map(told, range(4, 8), chunksize=2))
            list(executor.map(silent, range(4, 8), chunksize=4))
        for x in (8, 9):
            with ThreadPoolExecutor(1) as threads:
                threads.submit(told, x)
"""


def test_how_far_short_tasks_were_outlives_the_next_that_say_nothing(tmp_path: Path) -> None:
    """What a task had said was lost if the next on its thread was over before anybody looked."""
    done = run(write(tmp_path, SHORT))
    assert done.returncode == 0, done.stderr
    assert last_run()["dropped"] == 0
    said = {task["args"]: task["progress"] for task in tasks("func:told")}
    assert said == {str(x): {"done": x, "total": 9, "text": "at it"} for x in range(10)}
    assert not [task for task in tasks("func:silent") if task["progress"]]


DOOMED = """
    import os, time
    from concurrent.futures import ProcessPoolExecutor
    import procscope

    def die(x):
        procscope.progress(7, 8, "nearly")
        os.kill(os.getpid(), 9)

    def late(x):
        time.sleep(0.03 if x % 2 else 0)
        procscope.progress(x, 9)

    if __name__ == "__main__":
        with ProcessPoolExecutor(1) as executor:
            list(executor.map(late, range(6), chunksize=6))
        with ProcessPoolExecutor(1) as executor:
            try: list(executor.map(die, range(1)))
            except Exception as error: print(type(error).__name__)
        time.sleep(1.5)
"""


def test_what_an_item_said_last_stays_on_its_row(tmp_path: Path) -> None:
    """Of a map's item that was lost, or spoke at its end only, what it had said was nowhere."""
    done = run(write(tmp_path, DOOMED))
    assert done.stdout == "BrokenProcessPool\n", done.stderr
    last_run()
    (lost,) = tasks("state:lost")
    assert lost["progress"] == {"done": 7, "total": 8, "text": "nearly"}
    slow = {task["index"]: task["progress"] for task in tasks("func:late")}
    assert [(slow[index] or {}).get("done") for index in (1, 3, 5)] == [1, 3, 5]
