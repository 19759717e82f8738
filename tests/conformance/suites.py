"""CPython's own suites for what we hook, by name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

METHODS = ("fork", "spawn", "forkserver")
FUTURES = "test.test_concurrent_futures"


class Suite(NamedTuple):
    """`tests` are the recorder's arguments; `seconds` is when to give up (one pool test may sleep for 300)."""

    name: str
    tests: tuple[str, ...]
    seconds: float = 900.0


def driver(method: str) -> str:
    """The module that holds multiprocessing's tests under a start method; every version can be driven by it."""
    return f"multiprocessing_{method}_tests"


def write_drivers(folder: Path) -> None:
    """The drivers of all start methods: importable, since spawned children import them by name."""
    for method in METHODS:
        source = (
            "import unittest\n"
            "from test._test_multiprocessing import install_tests_in_module_dict\n\n"
            f"install_tests_in_module_dict(globals(), {method!r})\n"
        )
        (folder / f"{driver(method)}.py").write_text(source)


def whole() -> list[Suite]:
    """Everything, in parts of a few minutes each."""
    parts = {"processes": "*.WithProcesses*", "threads": "*.WithThreads*", "manager": "*.WithManager*"}
    suites = [
        Suite(f"{method}-{part}", (f"{driver(method)}:{pattern}",))
        for method in METHODS
        for part, pattern in parts.items()
    ]
    suites += [Suite(f"{method}-other", (f"{driver(method)}:*tests.[!W]*",)) for method in METHODS]
    return [*suites, Suite("futures", (FUTURES,)), Suite("main", ("test.test_multiprocessing_main_handling",))]


def small() -> list[Suite]:
    """What has caught us before, in about a minute bare and observed together."""
    pools = [
        f"{driver('fork')}:*.WithProcessesTestPool.test_[acims]*",
        f"{driver('fork')}:*.WithProcessesTestPoolWorkerErrors.*",
        f"{driver('fork')}:*.WithProcessesTestPoolWorkerLifetime.*",
        f"{driver('fork')}:*.WithProcessesTestProcess.*",
    ]
    spawned = [
        f"{driver('spawn')}:*.WithProcessesTestProcess.test_[a-eps]*",
        f"{driver('spawn')}:*.TestSpawnedSysExecutable*",
        f"{driver('spawn')}:*.MiscTestCase.*",
    ]
    return [Suite("fork-pools", tuple(pools), 240), Suite("spawn-processes", tuple(spawned), 240)]


def small_futures() -> Suite:
    """The executors' detectors; not every Python has this suite."""
    names = ("ThreadPoolExecutorTest.*", "ProcessPoolForkProcessPoolExecutorTest.*", "ThreadPoolShutdownTest.*")
    return Suite("futures", tuple(f"{FUTURES}:*.{name}" for name in names), 240)
