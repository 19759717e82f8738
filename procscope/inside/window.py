"""One test, from its set-up to the end of its tear-down: which processes are its own."""

from __future__ import annotations

import psutil

from procscope.runtime import clock
from procscope.runtime.instrument import identity

_HELPERS = ("resource_tracker", "forkserver")


class Shared:
    """What fixtures of wider scope have started: it belongs to no single test."""

    def __init__(self) -> None:
        self.pids: set[int] = set()
        self.spans: list[tuple[int, int]] = []
        """When they were set up, µs since the epoch."""

    def started(self, began_us: int, before: set[int]) -> None:
        """A fixture was set up since `began_us`, when there were the children `before`."""
        self.spans.append((began_us, clock.wall_ns() // 1000))
        self.pids |= pids() - before

    def owns(self, at_us: int) -> bool:
        """Whether something that began then is theirs."""
        return any(began <= at_us <= ended for began, ended in self.spans)


class Window:
    """A test that began when this was made."""

    def __init__(self, nodeid: str, shared: Shared) -> None:
        self.nodeid = nodeid
        self.began_us = clock.wall_ns() // 1000
        self.expired = self.failed = False
        """Whether it ran out of time, and whether a report says so."""
        self.left: set[int] = set()
        self.spared: set[int] = set()
        """pids of workers that somebody else's pool has started meanwhile."""
        self._shared = shared
        self._uid = identity.new_uid()
        self._before = pids()

    def owns(self, at_us: int | None) -> bool:
        """Whether what began then (as procscope recorded it) is this test's."""
        return at_us is not None and at_us >= self.began_us and not self._shared.owns(at_us)

    def quiet(self) -> bool:
        """No process and no pool was made, and nobody is there who could have lost anything."""
        return identity.new_uid() - self._uid == 1 and not self._before and not pids()

    def workers(self) -> list[psutil.Process]:
        """Its processes that live, as the system says; not the helpers that outlive every test."""
        others = self._before | self._shared.pids | self.spared
        return [process for process in children() if process.pid not in others]


def children() -> list[psutil.Process]:
    """All below this process that have not ended, but for fork servers and resource trackers."""
    try:
        found = psutil.Process().children(recursive=True)
    except psutil.Error:
        return []
    return [process for process in found if lives(process) and not _is_helper(process)]


def pids() -> set[int]:
    """Theirs."""
    return {process.pid for process in children()}


def lives(process: psutil.Process) -> bool:
    """Whether it runs: a zombie has ended."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def is_there(pid: int) -> bool:
    """Whether a process of that pid runs."""
    try:
        return lives(psutil.Process(pid))
    except psutil.Error:
        return False


def _is_helper(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
        code = words[words.index("-c") + 1] if "-c" in words[:-1] else ""
        return any(f".{helper} import" in code for helper in _HELPERS) and not _forked_from_server(process, words)
    except psutil.Error:
        return False


def _forked_from_server(process: psutil.Process, words: list[str]) -> bool:
    """A fork server's child has its command line, and is a worker."""
    parent = process.parent()
    return parent is not None and parent.cmdline() == words
