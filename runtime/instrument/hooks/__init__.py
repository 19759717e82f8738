"""The hook points, by the module they wait for. A group that cannot be installed is reported as not observed."""

from __future__ import annotations

from procscope.runtime.instrument import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def _installer(group: str, name: str) -> Callable[[ModuleType], None]:
    def install(module: ModuleType) -> None:
        try:
            place = __import__(f"{__name__}.{name}", fromlist=["install"])
            place.install(module)
        except Exception as error:
            from procscope.runtime.instrument import patches

            patches.switch_off(group)
            recorder.not_observed(group, f"{type(error).__name__}: {error}")

    return install


TABLE = {
    "threading": _installer("threads", "threads"),
    "multiprocessing.process": _installer("process", "process"),
    "multiprocessing.util": _installer("fork server and resource tracker", "servants"),
    "multiprocessing.popen_fork": _installer("exit codes", "popen"),
    "multiprocessing.popen_forkserver": _installer("exit codes", "popen"),
    "multiprocessing.spawn": _installer("spawn", "spawn"),
    "multiprocessing.synchronize": _installer("sync", "sync"),
    "multiprocessing.pool": _installer("pool", "pool"),
    "concurrent.futures.process": _installer("process executor", "executor"),
    "concurrent.futures.thread": _installer("thread executor", "thread_executor"),
    "multiprocessing.connection": _installer("connections", "connections"),
    "multiprocessing.queues": _installer("queues", "queues"),
    "multiprocessing.managers": _installer("managers", "managers"),
    "multiprocessing.shared_memory": _installer("shared memory", "shared_memory"),
    "multiprocessing.sharedctypes": _installer("shared values", "shared_values"),
    "logging": _installer("logs", "logs"),
    "queue": _installer("thread queues", "thread_queue"),
}

TABLE.update({
    name.replace("multiprocessing", "multiprocess"): install
    for name, install in list(TABLE.items())
    if name.startswith("multiprocessing.")
})  # fmt: skip
"""A copy of multiprocessing with another pickler: the same hooks."""
for _loky in ("loky", "joblib.externals.loky"):
    TABLE[f"{_loky}.process_executor"] = _installer("loky", "loky")
    TABLE[f"{_loky}.backend.popen_loky_posix"] = _installer("exit codes of loky", "popen")
    TABLE[f"{_loky}.backend.spawn"] = _installer("spawn of loky", "spawn")
TABLE["joblib.parallel"] = _installer("joblib", "joblib_calls")
for _name in ("process", "popen_fork", "popen_forkserver", "spawn"):
    TABLE[f"billiard.{_name}"] = TABLE[f"multiprocessing.{_name}"]
"""Its processes are like multiprocessing's; its pool has a worker loop that is not watched."""
