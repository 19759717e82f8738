"""Observation begun in code, and the drop-in classes."""

from __future__ import annotations

import inspect
import json
import multiprocessing
import os
import subprocess
import sys
from concurrent import futures
from pathlib import Path

import procscope
from procscope.runtime.events import PoolOpened, ProcessAlive, TaskRan
from tests.support.observed import ROOT, Told, told_in, write

DROP_IN = """
    from procscope import Pool, Process, ProcessPoolExecutor, ThreadPool, ThreadPoolExecutor, get_context
    import multiprocessing, os, sys

    def f(x): return x + 1

    class Mine(Process):
        def run(self): print(type(self).__name__, self.name, flush=True)

    if __name__ == "__main__":
        multiprocessing.set_start_method(sys.argv[1])
        print("PROCSCOPE_RUN" in os.environ)
        p = Process(target=print, args=("child",), name="x"); p.start(); p.join()
        m = Mine(); m.start(); m.join()
        print("PROCSCOPE_RUN" in os.environ, isinstance(p, multiprocessing.Process))
        with Pool(1) as pool: print(pool.map(f, [1]))
        with ThreadPool(1) as pool: print(pool.map(f, [1]))
        with ProcessPoolExecutor(1) as executor: print(executor.submit(f, 1).result())
        with ThreadPoolExecutor(max_workers=1) as executor: print(executor.submit(f, 1).result())
        print(get_context("fork").Process.__name__)
"""


def run(folder: Path, source: str, *words: str, **more: str) -> tuple[subprocess.CompletedProcess[str], list[Told]]:
    """Run a program that finds procscope on its path; what it wrote, from the one run it may have begun."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    script = str(write(folder, source))
    done = subprocess.run([sys.executable, script, *words], env=env, capture_output=True, text=True, timeout=100)
    runs = [path.parent for path in (Path(env["PROCSCOPE_STATE_DIR"]) / "spool").glob("*/run.json")]
    return done, told_in(runs[0]) if runs else []


def test_drop_in_classes_begin_the_run(tmp_path: Path, state_dir: Path) -> None:
    """They behave as the standard ones, and observe from their first use."""
    for method in ("fork", "spawn"):
        done, _ = run(tmp_path, DROP_IN, method)
        assert done.stderr == ""
        assert done.stdout.split("\n")[:-1] == [
            "False", "child", "Mine Mine-2", "True True", "[2]", "[2]", "2", "2", "ForkProcess",
        ]  # fmt: skip


def test_instrument_is_idempotent(tmp_path: Path, state_dir: Path, monkeypatch: object) -> None:
    """A spawned child that imports the main module again began a second run."""
    source = """
        import multiprocessing as mp, procscope
        procscope.instrument()
        procscope.instrument()
        def f(x): return x
        if __name__ == "__main__":
            with mp.get_context("spawn").Pool(1) as pool: print(pool.apply(f, (1,)))
    """
    done, _ = run(tmp_path, source)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_the_manifest_names_this_process(tmp_path: Path, state_dir: Path) -> None:
    """Without a collector nobody removes what was written: read it all."""
    source = """
        import os, procscope.runtime.instrument.begin as begin
        begin._start_collector = lambda *_: None
        import procscope; procscope.instrument()
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(1) as executor: executor.submit(abs, 1).result()
        print(os.getpid())
    """
    done, told = run(tmp_path, source)
    (manifest,) = (state_dir / "spool").glob("*/run.json")
    said = json.loads(manifest.read_text())
    assert (said["pid"], said["name"], said["version"]) == (int(done.stdout), "job.py", 1)
    assert manifest.stat().st_mode & 0o777 == 0o600
    assert manifest.parent.stat().st_mode & 0o777 == 0o700
    events = [event for each in told for event in each.events]
    assert [event.kind for event in events if isinstance(event, ProcessAlive)] == ["main"]
    assert len([event for event in events if isinstance(event, (PoolOpened, TaskRan))]) == 2


def test_disabled(tmp_path: Path, state_dir: Path) -> None:
    """PROCSCOPE_DISABLE=1: no run, no environment, the same output."""
    done, told = run(tmp_path, DROP_IN, "fork", PROCSCOPE_DISABLE="1")
    assert done.stdout.split("\n")[3] == "False True"
    assert not told
    assert not (state_dir / "spool").exists()


def test_a_state_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """The program runs, with one warning."""
    done, _ = run(tmp_path, "import procscope; procscope.instrument(); print('ran')", PROCSCOPE_STATE_DIR="/proc/x")
    assert done.stdout == "ran\n"
    assert done.stderr.count("not recording this run") == 1


def test_signatures_are_the_standard_ones() -> None:
    """help() and editors show what they always showed."""
    theirs = (multiprocessing.Process, futures.ProcessPoolExecutor, futures.ThreadPoolExecutor)
    ours = (procscope.Process, procscope.ProcessPoolExecutor, procscope.ThreadPoolExecutor)
    for standard, drop_in in zip(theirs, ours, strict=True):
        assert list(inspect.signature(standard).parameters) == list(inspect.signature(drop_in).parameters)
