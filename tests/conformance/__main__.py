"""`make conformance`: CPython's own suites on every Python here, bare and observed. Takes an hour or so.

python -m tests.conformance [--python 3.12]… [--suite fork-processes]…
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.conformance import suites
from tests.conformance.harness import Harness
from tests.conformance.suites import Suite
from tests.support.pythons import VERSIONS, Interpreter, find


def compare(harness: Harness, suite: Suite) -> bool:
    """Run one suite both ways and say how it went; whether both ended alike."""
    began = time.monotonic()
    wrong = harness.differences(suite)
    seconds = time.monotonic() - began
    print(f"  {suite.name}: {'differs' if wrong else 'same'} ({seconds:.0f} s)", flush=True)
    for difference in wrong:
        print(f"    {difference}", flush=True)
    return not wrong


def on(interpreter: Interpreter, wanted: list[str]) -> bool:
    """All suites of one Python; those it does not come with are named as left out."""
    print(f"Python {interpreter.full}", flush=True)
    fine = True
    with tempfile.TemporaryDirectory(prefix="procscope-") as folder:
        harness = Harness(interpreter, Path(folder))
        for suite in suites.whole():
            if wanted and suite.name not in wanted:
                continue
            module = suite.tests[0].partition(":")[0]
            if module.startswith("test.") and not harness.has(module):
                print(f"  {suite.name}: left out, this Python comes without {module}", flush=True)
                continue
            fine &= compare(harness, suite)
    return fine


def main() -> int:
    """0 when every suite that ran ended alike."""
    parser = argparse.ArgumentParser(description="CPython's own suites, bare and observed")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION", help=f"of {', '.join(VERSIONS)}")
    parser.add_argument("--suite", action="append", default=[], choices=[suite.name for suite in suites.whole()])
    options = parser.parse_args()
    found = {version: find(version) for version in options.python or VERSIONS}
    for version in [version for version, interpreter in found.items() if interpreter is None]:
        print(f"Python {version}: left out, it is not on this machine", flush=True)
    alike = [on(interpreter, options.suite) for interpreter in found.values() if interpreter]
    return 0 if all(alike) else 1


if __name__ == "__main__":
    sys.exit(main())
