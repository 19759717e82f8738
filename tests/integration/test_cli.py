"""The command line over a seeded database: output, exit codes, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.seed import Seeded, seed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def seeded(state_dir: Path) -> Seeded:
    """Five runs in the default database, the last of them live."""
    return seed(str(state_dir / "procscope.db"), tasks=400, workers=8)


def ask(*words: str, **more: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `procscope WORDS`."""
    argv = [sys.executable, "-m", "procscope", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=60)
    return done.returncode, done.stdout, done.stderr


def objects(*words: str) -> list[dict[str, Any]]:
    """What `procscope WORDS --json` prints, exit code 0."""
    code, out, err = ask(*words, "--json")
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def complaint(*words: str, code: int = 2, **more: str) -> str:
    """The one sentence on stderr of a command that fails with `code`."""
    found, out, err = ask(*words, **more)
    assert (found, out) == (code, "")
    assert err.startswith("procscope: ")
    assert err.count("\n") == 1, err
    return err


def test_runs_newest_first(seeded: Seeded) -> None:
    """The run someone asks about is the last one."""
    runs = objects("runs")
    assert [run["id"] for run in runs][:2] == [seeded.live.run, seeded.past["finished"]]
    assert {run["state"] for run in runs} == {"running", "finished", "failed", "killed"}
    assert runs[0]["tasks"]["lost"] == 1
    assert [run["id"] for run in objects("runs", "--limit", "1")] == [seeded.live.run]


def test_tasks_by_query(seeded: Seeded) -> None:
    """The words of the search field work here too, as one argument or several."""
    lost = objects("tasks", "state:lost", "run:last")
    assert [(task["id"], task["index"], task["pid"]) for task in lost] == [(seeded.live.lost_task, 23, 4131)]
    assert lost == objects("tasks", "state:lost run:last")
    failed = objects("tasks", "state:failed", "connection refused")
    assert failed
    assert all(task["exception"]["causes"] for task in failed)


def test_a_long_list_is_read_page_by_page(seeded: Seeded) -> None:
    """No task twice and none left out where one page ends and the next begins."""
    everything = objects("tasks", "--limit", "100000")
    assert len({task["id"] for task in everything}) == len(everything) > 400


def test_nothing_found_is_1(seeded: Seeded) -> None:
    """`procscope tasks state:failed && mail` is how people use it."""
    assert ask("tasks", "nosuchword") == (1, "", "No task matches.\n")
    assert ask("tasks", "nosuchword", "--json")[:2] == (1, "")


def test_one_task(seeded: Seeded) -> None:
    """Both faces show the same one."""
    (task,) = objects("task", str(seeded.live.lost_task))
    assert task["state"] == "lost"
    code, out, _ = ask("task", str(seeded.live.lost_task))
    assert code == 0
    assert "LOST" in out
    assert "killed by SIGKILL" in out


def test_tree(seeded: Seeded) -> None:
    """The killed worker is in the tree with the item it was on."""
    (main,) = objects("tree")
    dead = [node for node in main["children"] if node["state"] == "killed"]
    assert [(node["signal"], node["current"]["index"], node["current"]["task"]) for node in dead] == [
        (9, 23, seeded.live.lost_task)
    ]
    assert objects("tree", seeded.live.run[:6]) == objects("tree", seeded.live.run)


def test_text_is_plain_in_a_pipe_and_not_on_a_terminal(seeded: Seeded) -> None:
    """Escape sequences in a log file are noise; no colour on a terminal is a missed chance."""
    assert "\x1b" not in ask("runs")[1]
    assert "\x1b[" in _on_a_terminal("runs", "--limit", "2")
    assert "\x1b" not in _on_a_terminal("runs", "--json")


def _on_a_terminal(*words: str) -> str:
    controller, terminal = pty.openpty()
    try:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "120"}
        environment.pop("NO_COLOR", None)
        subprocess.run(
            [sys.executable, "-m", "procscope", *words], stdout=terminal, env=environment, check=True, timeout=60
        )
        return os.read(controller, 65536).decode()
    finally:
        os.close(controller)
        os.close(terminal)


def test_before_the_first_run(state_dir: Path) -> None:
    """An empty machine: what to type, and no database made by asking."""
    code, _, err = ask("runs")
    assert code == 1
    assert "procscope run job.py" in err
    assert ask("tasks")[0] == ask("tree")[0] == ask("task", "1")[0] == ask("prune", "--older", "1d")[0] == 1
    assert not list(state_dir.glob("*.db"))


def test_prune_forgets_what_is_old(seeded: Seeded) -> None:
    """Live runs stay whatever their age; what is gone is gone from every list."""
    assert ask("prune", "--older", "5000d")[0] == 1
    code, out, _ = ask("prune", "--older", "0s")
    assert code == 0
    assert out.startswith("Forgot 4 runs")
    assert [run["id"] for run in objects("runs")] == [seeded.live.run]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nonsense"], "no such option"),
        (["nonsense"], "no such command"),
        (["run"], "there is no program to run"),
        (["run", "nowhere.py"], "there is no file 'nowhere.py'"),
        (["run", "--detail", "most", "x.py"], "'most' is not one of"),
        (["run", "-m"], "-m needs a module"),
        (["runs", "--limit", "0"], "--limit"),
        (["task", "abc"], "'abc' is not a valid integer"),
        (["prune"], "missing option '--older'"),
        (["prune", "--older", "3 moons"], "write 30d"),
        (["runs", "--db", "/nowhere/at/all.db"], "/nowhere/at/all.db"),
        (["runs", "--db", "oracle://x/y"], "oracle"),
    ],
)
def test_bad_usage_is_one_sentence_and_2(words: list[str], said: str) -> None:
    """A traceback where a word was mistyped teaches nothing."""
    assert said in complaint(*words)


def test_a_bad_query_names_the_word(seeded: Seeded) -> None:
    """The message of the grammar reaches the person."""
    assert "state:faild" in complaint("tasks", "state:faild")
    assert "there is no filter 'colour'" in complaint("tasks", "colour:red")


def test_a_missing_run_or_task_is_1(seeded: Seeded) -> None:
    """Not found is not bad usage."""
    complaint("tree", "ffffffffffff", code=1)
    complaint("task", "999999999", code=1)


def test_a_bad_setting_is_named(seeded: Seeded) -> None:
    """A query command has nothing to run bare: it says which variable is wrong."""
    assert "port" in complaint("runs", PROCSCOPE_PORT="eighty")


def test_a_later_database_is_refused(seeded: Seeded, state_dir: Path) -> None:
    """Written by next year's procscope: upgrade, do not guess."""
    import sqlite3

    with sqlite3.connect(state_dir / "procscope.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "later version" in complaint("runs")


def test_a_reader_that_leaves_early_is_no_error(seeded: Seeded) -> None:
    """`procscope tasks | head -1` once ended in a BrokenPipeError."""
    command = f"{sys.executable} -m procscope tasks --limit 5000 --json | head -1"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=environment, timeout=60)
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
