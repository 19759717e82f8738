"""The start-up file, as an installation has it: Python subprocesses join the run, and nothing else is touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from procscope.runtime.events import ChunkRan, ProcessAlive, ProcessStarted
from tests.support.observed import ROOT, RUN, told_in, write

BOOT = "procscope_boot.pth"


@pytest.fixture
def python(tmp_path: Path) -> str:
    """The interpreter of an environment that has procscope, as an editable install makes it."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (site,) = home.glob("lib/python3*/site-packages")
    (site / "a_root.pth").write_text(f"{ROOT}\n")
    (site / BOOT).write_bytes((ROOT / BOOT).read_bytes())
    return str(home / "bin" / "python")


def run(python: str, folder: Path, *words: str, **more: str) -> str:
    """stdout of an interpreter that belongs to a run; its stderr must be empty."""
    (folder / "spool" / RUN).mkdir(parents=True, exist_ok=True)
    env = {"PROCSCOPE_RUN": RUN, "PROCSCOPE_STATE_DIR": str(folder), **more}
    done = subprocess.run([python, *words], capture_output=True, text=True, env=env, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("options", [[], ["-I"], ["-E"]])
def test_python_subprocesses_join(tmp_path: Path, python: str, options: list[str]) -> None:
    """A program that starts another Python by subprocess was half of the story."""
    source = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:], '-c', 'print(1)'])"
    script = write(tmp_path, source)
    (tmp_path / "spool" / RUN).mkdir(parents=True)
    assert run(python, tmp_path, str(script), *options) == "1\n"
    alive = [event for told in told_in(tmp_path / "spool" / RUN) for event in told.events]
    assert [type(event) for event in alive] == [ProcessAlive, ProcessAlive]
    pids = {event.ppid: event.pid for event in alive if isinstance(event, ProcessAlive)}
    assert len(set(pids) & set(pids.values())) == 1, "one is the other's parent"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_helpers_stay_unseen(tmp_path: Path, python: str, method: str) -> None:
    """The resource tracker and the fork server were shown as processes of the program."""
    job = """
        import multiprocessing as mp, sys
        def f(x): return x
        if __name__ == "__main__":
            with mp.get_context(sys.argv[1]).Pool(2) as pool:
                print(pool.map(f, range(4), chunksize=2))
                pool.close(); pool.join()
    """
    assert run(python, tmp_path, str(write(tmp_path, job)), method) == "[0, 1, 2, 3]\n"
    told = told_in(tmp_path / "spool" / RUN)
    kinds = sorted(event.kind for each in told for event in each.events if isinstance(event, ProcessAlive))
    assert kinds == ["main", "worker", "worker"]
    started = {event.process for each in told for event in each.events if isinstance(event, ProcessStarted)}
    assert started == {each.header.process for each in told if each.header.pool}
    assert sum(event.succeeded for each in told for event in each.events if isinstance(event, ChunkRan)) == 4


@pytest.mark.parametrize("more", [{"PROCSCOPE_RUN": ""}, {"PROCSCOPE_DISABLE": "1"}])
def test_nothing_without_a_run(tmp_path: Path, python: str, more: dict[str, str]) -> None:
    """Every interpreter on the machine paid for an installed procscope."""
    code = "import sys; print(sorted(name for name in sys.modules if name.startswith('multiprocessing')))"
    assert run(python, tmp_path, "-c", code, **more) == "[]\n"
    assert not told_in(tmp_path / "spool" / RUN)


def test_a_broken_installation_is_silent(tmp_path: Path, python: str) -> None:
    """procscope was uninstalled by hand, its start-up file stayed, and every interpreter printed a traceback."""
    (site,) = (tmp_path / "venv").glob("lib/python3*/site-packages")
    (site / "a_root.pth").unlink()
    assert run(python, tmp_path, "-c", "print(1)") == "1\n"
