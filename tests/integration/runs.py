"""Running a program under `procscope run`, and asking what happened by the command line alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
PROCSCOPE = [sys.executable, "-m", "procscope"]
Object = dict[str, Any]


def environment() -> dict[str, str]:
    """This process's, with the checkout importable."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def write(where: Path, source: str) -> Path:
    """`job.py` in `where` with dedented `source`."""
    path = where / "job.py"
    path.write_text(textwrap.dedent(source))
    return path


def run(path: Path, *args: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`procscope run OPTIONS PATH ARGS` to its end, the teller's included."""
    argv = [*PROCSCOPE, "run", *options, str(path), *args]
    return subprocess.run(argv, capture_output=True, text=True, env=environment(), cwd=path.parent, timeout=90)


def asked(*words: str) -> list[Object]:
    """The objects of `procscope WORDS --json`."""
    argv = [*PROCSCOPE, *words, "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def last_run() -> Object:
    """The last run, once it is over: the collector may still be at its last facts when the program is gone."""

    def ended() -> Object | None:
        found = asked("runs", "--limit", "1")
        return found[0] if found and found[0]["state"] != "running" else None

    found = wait_until(ended, 60, what="the last run is over")
    assert found
    return found


def tasks(*query: str) -> list[Object]:
    """Tasks of the last run, oldest first."""
    return sorted(asked("tasks", "run:last", *query, "--limit", "10000"), key=lambda task: int(task["id"]))


def states(found: Object) -> dict[str, int]:
    """A run's counts without the zeros."""
    return {state: n for state, n in found["tasks"].items() if n}
