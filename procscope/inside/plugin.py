"""pytest's plugin proper: who a test's workers are is told by when they began and who began them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from procscope.inside import findings, own
from procscope.inside.deadline import Deadline
from procscope.inside.window import Shared, Window, pids
from procscope.runtime import clock
from procscope.runtime.instrument import boot, recorder

PROPERTY = "procscope"
_CRASH = "???"
"""What xdist calls the part of a test in which its process ended."""


class Watch:
    """Registered when the flag is given; one in each process of xdist as well."""

    def __init__(self, limit_s: float) -> None:
        boot.instrument()
        own.wait_for_collector()
        self._deadline = Deadline(limit_s)
        self._window: Window | None = None
        self._shared = Shared()
        self._known = pids()
        self._found: dict[str, list[str]] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        """A test's time, set-up and tear-down included."""
        self._window = window = Window(item.nodeid, self._shared)
        self._deadline.arm(window)
        try:
            yield
        finally:
            self._deadline.disarm()
            self._window = None

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, None]:
        """What a fixture of wider scope starts belongs to no single test."""
        if fixturedef.scope == "function":
            yield
            return
        began, before = clock.wall_ns() // 1000, pids()
        yield
        self._shared.started(began, before)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        """After the tear-down: what is left, lost or stuck."""
        outcome = yield
        window = self._window
        if window is not None and window.expired:
            self._fail_once(window, outcome.get_result())
        if call.when != "teardown" or window is None:
            return
        self._deadline.disarm()
        lines = findings.after(window)
        self._known |= window.left
        if lines:
            report = outcome.get_result()
            report.user_properties.append((PROPERTY, lines))
            report.sections.append(("procscope", "\n".join(lines)))

    def _fail_once(self, window: Window, report: pytest.TestReport) -> None:
        """A test that ran out of time has failed, whatever it did with the exception that told it so."""
        if not window.failed and report.passed:
            report.outcome, report.longrepr = "failed", self._deadline.text
        window.failed = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Here they arrive from xdist's workers too."""
        for name, lines in report.user_properties:
            if name == PROPERTY and report.when == "teardown" and isinstance(lines, (list, tuple)):
                self._found[report.nodeid] = [str(line) for line in lines]
        if report.when == _CRASH:
            self._found[report.nodeid] = ["the process it ran in has ended: what it lost is not known"]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """A section with what was found, or a line that says there was nothing."""
        terminalreporter.section("procscope")
        if not recorder.run:
            terminalreporter.write_line("nothing was observed: PROCSCOPE_DISABLE, or see the warning above")
            return
        for nodeid, lines in self._found.items():
            terminalreporter.write_line(nodeid)
            for line in lines:
                terminalreporter.write_line(f"  {line}")
        at_the_end = findings.at_the_end(self._known)
        for line in at_the_end:
            terminalreporter.write_line(line)
        well = "" if self._found or at_the_end else "no worker left alive, no task lost, no deadlock; "
        terminalreporter.write_line(f"{well}run {recorder.run[:6]}: procscope tasks run:{recorder.run[:6]}")
