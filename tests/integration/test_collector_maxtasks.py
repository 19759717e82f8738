"""A process a task: as many journals as tasks, each recorded. PROCSCOPE_TEST_MAXTASKS=10000 runs it in full."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.waiting import wait_until

TASKS = int(os.environ.get("PROCSCOPE_TEST_MAXTASKS") or 300)
JOB = """
import multiprocessing, sys

def same(x):
    return x

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(4, maxtasksperchild=1) as pool:
        results = [pool.apply_async(same, (n,)) for n in range(int(sys.argv[1]))]
        print(sum(result.get() for result in results))
        pool.close()
        pool.join()
"""


@pytest.mark.timeout(900)
def test_a_process_a_task_is_recorded_task_by_task(state_dir: Path, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(JOB)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "procscope", "run", "--quiet", str(job), str(TASKS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{TASKS * (TASKS - 1) // 2}\n"), done.stderr
    database = state_dir / "procscope.db"
    wait_until(lambda: ask(database, "SELECT state FROM runs") == [("finished",)], 60, what="the run's end is told")
    assert ask(database, "SELECT succeeded, pending, running, failed, lost, cancelled, dropped FROM runs") == [
        (TASKS, 0, 0, 0, 0, 0, 0)
    ]
    assert ask(database, "SELECT count(*), count(DISTINCT number), min(state), max(state) FROM tasks") == [
        (TASKS, TASKS, 2, 2)
    ]
    ((workers,),) = ask(database, "SELECT count(*) FROM processes WHERE kind = 'worker' AND tasks_done = 1")
    assert workers == TASKS
    wait_until(lambda: ask(database, "SELECT count(*) FROM journals") == [(0,)], what="no journal is left")


def ask(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Rows of the database, [] before there is one."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return list(connection.execute(statement))
        except sqlite3.OperationalError:
            return []
