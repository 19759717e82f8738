"""Runs a suite in an environment of its own, bare or observed through the start-up file as an installed one is."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.conformance import outcomes, suites
from tests.conformance.outcomes import Difference, Outcome
from tests.conformance.suites import Suite
from tests.support.imports import ROOT
from tests.support.pythons import Interpreter


class ConformanceError(Exception):
    """The harness itself did not work, so that its verdict would be worth nothing."""


class Harness:
    """A virtual environment of `interpreter` in `folder` whose site-packages hold the start-up file and a link."""

    def __init__(self, interpreter: Interpreter, folder: Path) -> None:
        self.folder = folder
        environment = folder / "environment"
        subprocess.run([interpreter.path, "-m", "venv", "--without-pip", environment], check=True)
        self.python = environment / "bin" / "python"
        (packages,) = environment.glob("lib/python3*/site-packages")
        (packages / "procscope").symlink_to(ROOT / "procscope")
        shutil.copy(ROOT / "procscope_boot.pth", packages)
        self._work = folder / "work"
        self._work.mkdir()
        shutil.copy(Path(__file__).with_name("recorder.py"), self._work)
        suites.write_drivers(self._work)

    def has(self, module: str) -> bool:
        """Whether this Python comes with `module`."""
        return not subprocess.run([self.python, "-c", f"import {module}"], capture_output=True, check=False).returncode

    def bare(self, suite: Suite) -> dict[str, Outcome]:
        """Outcomes without us."""
        return self._run(suite, {})

    def observed(self, suite: Suite) -> dict[str, Outcome]:
        """Outcomes under observation; ConformanceError if no journal shows that there was any."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        key = secrets.token_hex(6)
        run = home / "spool" / key
        run.mkdir(mode=0o700, parents=True)
        run.parent.chmod(0o700)
        found = self._run(suite, {"PROCSCOPE_RUN": key, "PROCSCOPE_STATE_DIR": str(home)})
        if not any(run.glob("*.psj")):
            raise ConformanceError(f"{suite.name} left no journal: nothing was observed")
        shutil.rmtree(home)
        return found

    def differences(self, suite: Suite) -> list[Difference]:
        """What ends otherwise under observation, and does so again in two of three runs alone."""
        found = outcomes.differences(self.bare(suite), self.observed(suite))
        return [difference for difference in found if self._again(difference, suite)]

    def _again(self, difference: Difference, suite: Suite) -> bool:
        modules = sorted({wanted.partition(":")[0] for wanted in suite.tests})
        alone = Suite(difference.test, tuple(f"{module}:{difference.test}" for module in modules), 400)
        seen = sum(bool(outcomes.differences(self.bare(alone), self.observed(alone))) for _ in range(2))
        return seen == 2 or (seen == 1 and bool(outcomes.differences(self.bare(alone), self.observed(alone))))

    def _run(self, suite: Suite, variables: dict[str, str]) -> dict[str, Outcome]:
        out = Path(tempfile.mkdtemp(dir=self.folder)) / "outcomes"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", "PYTHON"))}
        with open(out.with_name("log"), "wb") as log:
            program = subprocess.Popen(
                [self.python, "recorder.py", out, *suite.tests],
                cwd=self._work,
                env={**clean, **variables, "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._wait(program, suite.seconds)
        found = outcomes.read(out)
        if not found:
            raise ConformanceError(f"{suite.name} ran no test: {out.with_name('log').read_text()[-2000:]}")
        return found

    def _wait(self, program: subprocess.Popen[bytes], seconds: float) -> None:
        """Whatever happens, nothing of the suite is left behind."""
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
