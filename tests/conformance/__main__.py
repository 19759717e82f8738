"""`make conformance`: CPython's own suites and ours on every Python here, bare and observed. Takes an hour or so.

python -m tests.conformance [--python 3.12]… [--suite fork-processes]…
"""

from __future__ import annotations

import argparse
import functools
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conformance import judged, results, suites, verdict
from tests.conformance.harness import ConformanceError, Harness
from tests.conformance.outcomes import listed
from tests.conformance.suites import Suite
from tests.conformance.verdict import Verdict
from tests.support.pythons import VERSIONS, Interpreter, find


def told(suite: str, found: Verdict) -> None:
    """How a suite went: one line, and one for each thing that was not the same."""
    said = f"{len(found.differences)} differences" if found.differences else "no difference"
    observed = f"{found.told.processes} processes observed"
    print(f"  {suite}: {said} in {found.tests} tests, {observed} ({found.seconds:.0f} s)", flush=True)
    for doubt in found.doubts:
        print(f"    {'DIFFERS' if doubt.real else 'flaky'} {doubt}", flush=True)
    if found.told.faults:
        print(f"    FAULTS of our own: {listed(found.told.faults)}", flush=True)


def on(interpreter: Interpreter, wanted: list[str]) -> bool:
    """All suites of one Python; those that cannot be had are named as left out."""
    with tempfile.TemporaryDirectory(prefix="procscope-", ignore_cleanup_errors=True) as folder:
        harness = Harness(interpreter, Path(folder))
        print(f"Python {interpreter.full}{harness.lent and f', futures from {harness.lent}'}", flush=True)
        chosen = [suite for suite in suites.whole() if not wanted or suite.name in wanted]
        # Two at once: one test of the thread pools may sleep for five minutes, which costs nothing but time.
        with ThreadPoolExecutor(2) as lanes:
            alike = list(lanes.map(functools.partial(_one, harness), sorted(chosen, key=_is_slow, reverse=True)))
        if not wanted or judged.NAME in wanted:
            alike.append(_kept(harness, judged.NAME, judged.of(harness)))
        return all(alike)


def _is_slow(suite: Suite) -> bool:
    return suite.name.endswith("-threads")


def _one(harness: Harness, suite: Suite) -> bool:
    module = suite.tests[0].partition(":")[0]
    if module.startswith("test.") and not harness.has(module):
        print(f"  {suite.name}: LEFT OUT, this Python comes without {module} and nobody lends it", flush=True)
        return False
    try:
        found = verdict.of(harness, suite)
    except ConformanceError as error:
        print(f"  {suite.name}: DID NOT RUN: {error}", flush=True)
        return False
    return _kept(harness, suite.name, found)


def _kept(harness: Harness, name: str, found: Verdict) -> bool:
    told(name, found)
    results.keep(harness.interpreter.full, name, found, harness.lent)
    return not found.differences and not found.told.faults


def main() -> int:
    """0 when every suite ran on every Python and ended alike."""
    names = [*(suite.name for suite in suites.whole()), judged.NAME]
    parser = argparse.ArgumentParser(description="CPython's own suites, bare and observed")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION", help=f"of {', '.join(VERSIONS)}")
    parser.add_argument("--suite", action="append", default=[], choices=names)
    options = parser.parse_args()
    # A shell ignores SIGINT for what it starts in the background, and CPython's tests of it would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the suite that runs is ended too
    found = {version: find(version) for version in options.python or VERSIONS}
    for version in [version for version, interpreter in found.items() if interpreter is None]:
        print(f"Python {version}: left out, it is not on this machine", flush=True)
    alike = [on(interpreter, options.suite) for interpreter in found.values() if interpreter]
    return 0 if all(alike) else 1


if __name__ == "__main__":
    sys.exit(main())
