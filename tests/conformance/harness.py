"""Runs a suite in an environment of its own, bare or observed through the start-up file as an installed one is."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conformance import borrowed, journals, outcomes, suites
from tests.conformance.journals import Told
from tests.conformance.outcomes import Outcome
from tests.conformance.suites import Suite
from tests.support.imports import ROOT
from tests.support.pythons import Interpreter

Outcomes = dict[str, Outcome]


class ConformanceError(Exception):
    """The harness itself did not work, so that its verdict would be worth nothing."""


class Harness:
    """A virtual environment of `interpreter` in `folder` whose site-packages hold the start-up file and a link."""

    def __init__(self, interpreter: Interpreter, folder: Path) -> None:
        self.interpreter = interpreter
        self.folder = folder
        environment = folder / "environment"
        subprocess.run([interpreter.path, "-m", "venv", "--without-pip", environment], check=True)
        self.python = environment / "bin" / "python"
        (self.packages,) = environment.glob("lib/python3*/site-packages")
        (self.packages / "procscope").symlink_to(ROOT / "procscope")
        shutil.copy(ROOT / "procscope_boot.pth", self.packages)
        self._work = folder / "work"
        self._work.mkdir()
        shutil.copy(Path(__file__).with_name("recorder.py"), self._work)
        suites.write_drivers(self._work)
        self.lent = self._borrow()

    def _borrow(self) -> str:
        """Whose test_concurrent_futures is used; '' if it is the interpreter's own or there is none."""
        lent = borrowed.lender(self.interpreter)
        if lent is None or self.has(suites.FUTURES):
            return ""
        folder = self.folder / "borrowed"
        borrowed.merge(self.interpreter, lent, folder)
        # A start-up line, not PYTHONPATH: some tests start interpreters with -I and import the suite there.
        (self.packages / "borrowed.pth").write_text(f"import sys; sys.path.insert(0, {str(folder)!r})\n")
        return lent.whose

    def has(self, module: str) -> bool:
        """Whether this Python comes with `module`, or has borrowed it."""
        return not subprocess.run([self.python, "-c", f"import {module}"], capture_output=True, check=False).returncode

    def bare(self, suite: Suite) -> Outcomes:
        """Outcomes without us."""
        return self._run(suite, {})

    def observed(self, suite: Suite) -> tuple[Outcomes, Told]:
        """Outcomes under observation, and what was seen; ConformanceError if there is no journal at all."""
        with self.spool() as variables:
            found = self._run(suite, variables)
            told = journals.told(Path(variables["PROCSCOPE_STATE_DIR"]))
        if not told.processes:
            raise ConformanceError(f"{suite.name} left no journal: nothing was observed")
        return found, told

    def both(self, suite: Suite) -> tuple[Outcomes, Outcomes, Told]:
        """Bare and observed at once, so that both meet the same load."""
        with ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(self.bare, suite)
            seen, told = self.observed(suite)
            return waiting.result(), seen, told

    @contextlib.contextmanager
    def spool(self) -> Iterator[Mapping[str, str]]:
        """The variables that make an interpreter of ours an observed one; its journals are gone afterwards."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        key = secrets.token_hex(6)
        (home / "spool" / key).mkdir(mode=0o700, parents=True)
        (home / "spool").chmod(0o700)
        # No collector empties this spool.
        yield {"PROCSCOPE_RUN": key, "PROCSCOPE_STATE_DIR": str(home), "PROCSCOPE_SPOOL_CAP": str(1 << 35)}
        shutil.rmtree(home)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """What a program is started with: this process's variables without ours and Python's, and `variables`."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", "PYTHON"))}
        return {**clean, **variables, "HOME": str(self.folder)}

    def _run(self, suite: Suite, variables: Mapping[str, str]) -> Outcomes:
        out = Path(tempfile.mkdtemp(dir=self.folder)) / "outcomes"
        with open(out.with_name("log"), "wb") as log:
            program = subprocess.Popen(
                ["nice", "-n", "5", self.python, "recorder.py", out, *suite.tests],
                cwd=self._work,
                env=self.environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            _wait(program, suite.seconds)
        found = outcomes.read(out)
        if not found:
            raise ConformanceError(f"{suite.name} ran no test: {out.with_name('log').read_text()[-2000:]}")
        return found


def _wait(program: subprocess.Popen[bytes], seconds: float) -> None:
    """Whatever happens, nothing of the suite is left behind."""
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
