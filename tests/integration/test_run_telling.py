"""What `procscope run` says on stderr: a line at the start, a line at the end, and not a word of a token in a log."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from procscope.cli.lock import holder
from procscope.runtime.collector.start import ensure_running
from procscope.runtime.settings import Settings
from tests.integration.runs import PROCSCOPE, environment, last_run, run, write
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def _collecting(state_dir: Path) -> None:
    """A collector at work already: on a busy machine its start alone outlasts the teller's patience."""
    settings = Settings(state_dir=str(state_dir))
    wait_until(lambda: ensure_running(settings), 60, what="a collector has started")
    wait_until(lambda: (found := holder(settings.spool)) and found.caught_up, 60, what="the collector is at work")


JOB = """
    import multiprocessing

    def f(n):
        if n == 7:
            raise ValueError(n)

    if __name__ == "__main__":
        with multiprocessing.get_context("fork").Pool(2) as pool:
            results = [pool.apply_async(f, (n,)) for n in range(10)]
            [result.wait() for result in results]
"""


def test_a_line_at_the_start_and_one_at_the_end(tmp_path: Path) -> None:
    """The end line is there when the launcher's stderr closes, with the counts the database has."""
    done = run(write(tmp_path, JOB))
    first, last = done.stderr.splitlines()
    key = last_run()["id"]
    assert first == f'procscope: run {key[:6]}… "job.py"'
    assert re.fullmatch(rf"procscope: run {key[:6]} finished in \d.*s: 10 tasks, 1 failed, 0 lost, 0 dropped", last), (
        last
    )


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("sys.exit(3)", 3, "failed (exit 3) after"),
        ("raise ValueError", 1, "failed (exit 1) after"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, "was killed by SIGKILL after"),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15, "was killed by SIGTERM after"),
        ("os._exit(5)", 5, "failed (exit 5) after"),
        ("pass", 0, "finished in"),
    ],
)
def test_how_it_ended_is_told(tmp_path: Path, ending: str, code: int, said: str) -> None:
    """The teller outlives whatever kills the program, and what it says is what is stored."""
    done = run(write(tmp_path, f"import os, signal, sys\n{ending}\n"))
    assert done.returncode == code
    assert said in done.stderr.splitlines()[-1]
    found = last_run()
    assert found["exit_code"] == code
    assert found["state"] == {-9: "killed", -15: "killed", 0: "finished"}.get(code, "failed")


def test_the_name_can_be_given(tmp_path: Path) -> None:
    """Five runs of the same main.py can be told apart; a name cannot forge a line."""
    done = run(write(tmp_path, "pass"), options=("--name", "nightly\nx"))
    assert '"nightly?x"' in done.stderr
    assert last_run()["name"] == "nightly\nx"


def test_interrupting_the_group_leaves_the_teller(tmp_path: Path) -> None:
    """Ctrl-C goes to the whole foreground group: the program dies of it, the line still comes."""
    path = write(tmp_path, "import time; print('up', flush=True); time.sleep(60)")
    with subprocess.Popen(
        [*PROCSCOPE, "run", str(path)], env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:  # fmt: skip
        assert child.stdout
        assert child.stdout.readline() == "up\n"
        os.killpg(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=30)
    assert child.returncode == -signal.SIGINT
    assert "was killed by SIGINT after" in err.splitlines()[-1]


def test_on_a_terminal_the_line_comes_before_the_prompt(tmp_path: Path) -> None:
    """A line printed into the next command was worse than none."""
    path = write(tmp_path, JOB)
    controller, terminal = pty.openpty()
    script = f"{' '.join(PROCSCOPE)} run {path}; echo PROMPT >&2"
    with subprocess.Popen(["bash", "-c", script], env=environment(), stdout=terminal, stderr=terminal) as shell:
        os.close(terminal)
        shell.wait(60)
    shown = _drained(controller).decode()
    assert shown.index("10 tasks, 1 failed") < shown.index("PROMPT"), shown


def _drained(controller: int) -> bytes:
    content = b""
    try:
        while chunk := os.read(controller, 65536):
            content += chunk
    except OSError:  # every holder of the terminal is gone
        pass
    os.close(controller)
    return content


def test_a_server_that_runs_is_named_without_its_token(tmp_path: Path, state_dir: Path) -> None:
    """stderr goes to log files; a token in a log is a key under the mat."""
    told = {"pid": os.getpid(), "url": "http://127.0.0.1:8787/", "token": "s3cret"}
    (state_dir / "server.json").write_text(json.dumps(told))
    first = run(write(tmp_path, "pass")).stderr.splitlines()[0]
    assert first.endswith(f"— http://127.0.0.1:8787/runs/{last_run()['id']}")
    assert "8787" not in run(write(tmp_path, "pass"), options=("--no-dashboard",)).stderr
    told["pid"] = 2**22 + 1  # a pid that cannot be
    (state_dir / "server.json").write_text(json.dumps(told))
    assert "8787" not in run(write(tmp_path, "pass")).stderr


def test_dashboard_starts_one_that_stays(tmp_path: Path, state_dir: Path) -> None:
    """--dashboard: the link works while the program runs, and after it."""
    done = run(write(tmp_path, "pass"), options=("--dashboard",))
    server = json.loads((state_dir / "server.json").read_text())
    try:
        assert server["url"].rstrip("/") + "/runs/" in done.stderr
        assert server["token"] not in done.stderr
        os.kill(server["pid"], 0)
    finally:
        os.kill(server["pid"], signal.SIGTERM)


def test_options_reach_the_run(tmp_path: Path) -> None:
    """--no-capture-args keeps arguments out of the database; --db puts the run into another one."""
    database = tmp_path / "other.db"
    done = run(write(tmp_path, JOB), options=("--no-capture-args", "--db", str(database), "--quiet"))
    assert done.stderr == ""
    argv = [*PROCSCOPE, "tasks", "--json", "--db", str(database)]
    out = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=60).stdout
    found = [json.loads(line) for line in out.splitlines()]
    assert len(found) == 10
    assert {task["args"] for task in found} <= {None, ""}
