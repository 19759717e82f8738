"""python recorder.py OUT TEST…: run unittest tests and write one JSON line for each, as it ends.

A file of its own that any observed interpreter can run: nothing but the standard library, nothing of ours. TEST is
a module, or MODULE:PATTERN where the pattern is matched against the test's id. A line is [id, outcome, detail].
"""

from __future__ import annotations

import fnmatch
import json
import sys
import unittest
from collections.abc import Iterator
from typing import Any, TextIO

HANGING = {"test_shutdown_deadlock_pickle": "gh-125451: it deadlocks now and then"}


class Recording(unittest.TextTestResult):
    """Keeps the worst thing that happened to the current test and writes it down when the test stops."""

    lines: TextIO

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._outcome, self._detail = "ok", ""

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._write(test.id(), self._outcome, self._detail)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._is(test, "error", repr(err[1]))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._is(test, "failure", repr(err[1]))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._is(test, "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._is(test, "expected failure", "")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._is(test, "unexpected success", "")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._is(test, "failure", repr(err[1]))

    def _is(self, test: unittest.TestCase, outcome: str, detail: str) -> None:
        # setUpClass and setUpModule fail outside of any test: they have no stopTest that would write them.
        if not hasattr(test, "_testMethodName"):
            self._write(str(test), outcome, detail)
        self._outcome, self._detail = outcome, detail[:400]

    def _write(self, name: str, outcome: str, detail: str) -> None:
        self.lines.write(json.dumps([name, outcome, detail]) + "\n")
        self.lines.flush()


def chosen(wanted: str) -> Iterator[unittest.TestCase]:
    """The tests of MODULE or MODULE:PATTERN."""
    module, _, pattern = wanted.partition(":")
    for test in flattened(unittest.defaultTestLoader.loadTestsFromName(module)):
        if not pattern or fnmatch.fnmatchcase(test.id(), pattern):
            yield spared(test)


def spared(test: unittest.TestCase) -> unittest.TestCase:
    """The test, to be skipped if it hangs every now and then without us too, and takes the rest of its suite along."""
    version = sys.version_info
    if test._testMethodName in HANGING and ((3, 12) <= version < (3, 12, 8) or (3, 13) <= version < (3, 13, 1)):
        method: Any = getattr(type(test), test._testMethodName)
        method.__unittest_skip__, method.__unittest_skip_why__ = True, HANGING[test._testMethodName]
    return test


def flattened(suite: Any) -> Iterator[unittest.TestCase]:
    """Every test in a suite of suites, in order."""
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from flattened(part)
        else:
            yield part


def main(out: str, wanted: list[str]) -> int:
    """Run them; 0 when all passed."""
    suite = unittest.TestSuite(test for name in wanted for test in chosen(name))
    results: Any = Recording
    with open(out, "a", encoding="utf-8") as Recording.lines:
        outcome = unittest.TextTestRunner(verbosity=2, resultclass=results).run(suite)
    return 0 if outcome.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
