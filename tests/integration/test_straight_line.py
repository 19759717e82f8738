"""The main job: a program that hands out work in every way, on every Python and start method, from the first line to
the answers of the command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from procscope.runtime.collector.start import ensure_running
from procscope.runtime.settings import Settings
from tests.integration.runs import ROOT, Object, last_run, states, tasks
from tests.support.pythons import STARTS, interpreter

PROGRAM = Path(__file__).parent / "programs" / "everything.py"
EXPECTED = {"succeeded": 189, "failed": 8, "cancelled": 5, "lost": 3}
_OBSERVED = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); import procscope; procscope.instrument(); "
    "from procscope.runtime.instrument.boot import run_program; "
    f"sys.path.remove({str(ROOT)!r}); run_program(sys.argv[1:])"
)


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([*words, str(folder)], capture_output=True, text=True, timeout=110, env=environment)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("version", "method"), STARTS)
def test_every_way_to_hand_out_work_is_told_exactly(tmp_path: Path, version: str, method: str) -> None:
    python = interpreter(version).path
    ensure_running(Settings.from_environment())
    bare = run([python, str(PROGRAM), method], tmp_path / "bare")
    seen = run([python, "-c", _OBSERVED, str(PROGRAM), method], tmp_path / "seen")
    assert (seen.stdout, seen.returncode) == (bare.stdout, bare.returncode), seen.stderr
    told = last_run()
    assert (states(told), told["dropped"]) == (EXPECTED, 0), tasks("state:cancelled,lost,failed")
    assert (told["state"], told["exit_code"]) == ("failed", 4)
    lost = tasks("state:lost")
    assert [task["func"] for task in lost] == ["sleep_until", "deadly", "deadly"]
    in_executor, in_pool = lost[1:]
    assert_culprit(in_executor, tmp_path / "seen" / "broken")
    assert_culprit(in_pool, tmp_path / "seen" / "killed")
    assert in_pool["index"] == 3


def assert_culprit(task: Object, folder: Path) -> None:
    pid = int((folder / "culprit").read_text())
    assert task["pid"] == pid
    assert task["reason"] == f"worker {pid} was killed by SIGKILL"
