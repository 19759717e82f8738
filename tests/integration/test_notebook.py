"""%load_ext procscope and %%procscope: the cell runs as it would without, and its workers are told of."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.runs import environment
from tests.support.observed import write

pytestmark = pytest.mark.skipif(importlib.util.find_spec("IPython") is None, reason="IPython is not installed")

SHELL = """
    from IPython.core.interactiveshell import InteractiveShell

    def cell(text):
        result = shell.run_cell(text)
        print("->", repr(result.result), type(result.error_in_exec).__name__)

    shell = InteractiveShell.instance()
    shell.run_cell("%colors nocolor")
    shell.run_cell("%load_ext procscope")
"""
WORK = """
    cell('''%%procscope
    from concurrent.futures import ProcessPoolExecutor
    import os, multiprocessing
    context = multiprocessing.get_context("fork")
    def work(x):
        if x == 2:
            raise ValueError("two")
        if x == 9:
            os.kill(os.getpid(), 9)
        return x
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        futures = [executor.submit(work, n) for n in range(4)]
    seen = 41
    seen + 1
    ''')
"""


def said(folder: Path, *parts: str) -> str:
    """What a shell prints that runs these cells."""
    path = write(folder, SHELL)
    path.write_text(path.read_text() + "".join(write(folder, part, "part.py").read_text() for part in parts))
    words = [sys.executable, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=100, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_cell_is_told_of_and_nothing_else_changes(tmp_path: Path) -> None:
    """A magic that runs the cell itself loses its result, its names or its exception."""
    out = said(
        tmp_path,
        WORK,
        """
        cell('''%%procscope
        import asyncio
        await asyncio.sleep(0)
        seen''')
        cell("%%procscope\\n1 / 0")
        cell("seen")
        """,
    )
    assert "-> 42 NoneType" in out
    assert "4 tasks: 3 succeeded, 1 failed" in out
    assert "failed: work(): ValueError: two" in out
    assert "more: procscope tasks run:" in out
    assert "-> 41 NoneType" in out
    assert "-> None ZeroDivisionError" in out
    assert out.count("no tasks") == 2
    assert "procscope: run" not in out.rpartition("ZeroDivisionError\n")[2]


def test_below_another_magic_it_tells_as_well(tmp_path: Path) -> None:
    """%%time asks for its body as code: our line was taken out of that, and nothing was said of the cell."""
    out = said(tmp_path, "cell('%%time\\n\\n%%procscope\\nseen = 40 + 2')\ncell('seen')")
    assert out.count("procscope: run") == 1
    assert "Wall time" in out
    assert "-> 42 NoneType" in out


def test_a_lost_worker_is_named(tmp_path: Path) -> None:
    """The cell ends before the collector has heard from the system that a worker is gone."""
    out = said(
        tmp_path,
        WORK,
        """
        cell('''%%procscope
        with ProcessPoolExecutor(2, mp_context=context) as executor:
            error = executor.submit(work, 9).exception()
        type(error).__name__''')
        """,
    )
    assert "-> 'BrokenProcessPool' NoneType" in out
    assert "1 task: 1 lost" in out
    assert "was killed (SIGKILL)" in out


def test_loading_again_tells_once(tmp_path: Path) -> None:
    """After %reload_ext each summary was printed twice, by the old module's functions and the new one's."""
    out = said(
        tmp_path,
        """
        import importlib
        shell.run_cell("%load_ext procscope")
        shell.run_cell("%reload_ext procscope")
        import procscope.inside.magic
        importlib.reload(procscope.inside.magic)
        shell.run_cell("%reload_ext procscope")
        cell("%%procscope\\n%%capture\\n1")
        shell.run_cell("%unload_ext procscope")
        print(len(shell.events.callbacks["post_run_cell"]))
        """,
    )
    assert out.count("procscope: run") == 1
    assert out.endswith("\n0\n")


def test_disabled_it_only_runs_the_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROCSCOPE_DISABLE=1 must leave a shared notebook working."""
    monkeypatch.setenv("PROCSCOPE_DISABLE", "1")
    out = said(tmp_path, WORK)
    assert "-> 42 NoneType" in out
    assert "not observed" in out
