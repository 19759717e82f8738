"""A test that takes too long: its workers are ended, and it fails with who waits for whom.

The signal is SIGALRM: it reaches a main thread that is blocked in a lock, a pipe or a join, and needs no thread, which
every fork would warn of. Where the program uses that signal itself there is no time-out.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

import psutil
import pytest

from procscope.inside.stacks import Stacks
from procscope.inside.window import Window
from procscope.inside.words import diagnosis
from procscope.runtime.instrument import recorder

_AGAIN = 5.0
"""Seconds after which a test that still hangs, as in the exit of its `with`, is struck again."""


class Deadline:
    """`limit_s` of 0 is none."""

    def __init__(self, limit_s: float) -> None:
        self._limit = limit_s
        self._stacks = Stacks() if limit_s > 0 else None
        self._window: Window | None = None
        self.text = ""
        """The diagnosis of the test that ran out of time last."""
        self._mine: Any = self._expired

    def arm(self, window: Window) -> None:
        """A test begins."""
        if self._limit <= 0 or threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGALRM) not in (signal.SIG_DFL, signal.SIG_IGN, self._mine):
            recorder.not_observed("pytest time-out", "the program uses SIGALRM itself")
            return
        self._window, self.text = window, ""
        signal.signal(signal.SIGALRM, self._mine)
        signal.setitimer(signal.ITIMER_REAL, self._limit, _AGAIN)

    def disarm(self) -> None:
        """It is over. What it left behind is ended if it was too late."""
        window, self._window = self._window, None
        if window is None:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        if signal.getsignal(signal.SIGALRM) == self._mine:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if window.expired:
            _end(window)

    def _expired(self, _signal: int, frame: FrameType | None) -> None:
        window = self._window
        if window is None:
            return
        if not self.text:
            window.expired = True
            self.text = self._diagnosis(window, frame)
        _end(window)
        pytest.fail(self.text, pytrace=False)

    def _diagnosis(self, window: Window, frame: FrameType | None) -> str:
        try:
            return diagnosis(window, self._limit, frame, self._stacks)
        except Exception as error:
            head = f"procscope: {window.nodeid} did not end within {self._limit:g} s"
            return f"{head}; why cannot be told: {type(error).__name__}: {error}"


def _end(window: Window) -> None:
    """End the test's workers, and only those. They are left to their parent to reap."""
    for process in window.workers():
        try:
            process.kill()
        except psutil.Error:
            continue
