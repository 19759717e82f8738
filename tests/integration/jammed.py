"""Programs that stand still while they are asked about, and are ended with all their processes afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from procscope.runtime.diagnosis import Incident, diagnose
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from procscope.runtime.store.rows import Primitive
from tests.integration.runs import PROCSCOPE, environment
from tests.support.waiting import wait_until


class Jam:
    """A program that runs under `procscope run`, in a session of its own."""

    def __init__(self, script: Path, *args: str) -> None:
        argv = [*PROCSCOPE, "run", "--quiet", str(script), *args]
        self.process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            cwd=script.parent,
            start_new_session=True,
            text=True,
        )

    def go(self) -> None:
        """Let it read a line."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def line(self) -> str:
        """The next line it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """Kill its whole session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextlib.contextmanager
def jam(script: Path, *args: str) -> Iterator[Jam]:
    """It runs until the block is left."""
    found = Jam(script, *args)
    try:
        yield found
    finally:
        found.end()


class Eyes:
    """What the database says at the moment."""

    def __init__(self, state_dir: Path) -> None:
        self._settings = Settings(state_dir=str(state_dir))
        self.store = Store.open(self._settings)

    def incidents(self) -> list[Incident]:
        """Everything that is wrong now."""
        return diagnose(self.store.facts())

    def primitives(self) -> dict[str | None, Primitive]:
        """Of the last run, by name."""
        runs = self.store.runs(1)
        return {one.name: one for run in runs for one in self.store.primitives(run.id)}

    def until(self, text: str, seconds: float = 30) -> Incident:
        """The incident whose sentence has `text` in it, as soon as it is there."""
        found = wait_until(lambda: self._said(text), seconds, what=f"an incident says {text!r}")
        assert found is not None
        return found

    def _said(self, text: str) -> Incident | None:
        return next((incident for incident in self.incidents() if text in incident.text), None)

    def gone(self, wanted: Callable[[Incident], bool], seconds: float = 30) -> None:
        """Wait until no such incident is left."""
        wait_until(lambda: not any(map(wanted, self.incidents())), seconds, what="the incident is over")
