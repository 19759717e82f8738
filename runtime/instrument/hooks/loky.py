"""loky, and joblib's copy of it: the standard executor's hooks, and what it does in its own way."""

from __future__ import annotations

import signal
from multiprocessing.connection import wait
from typing import Any

from procscope.runtime.instrument import births, patches
from procscope.runtime.instrument.hooks import executor

GROUP = executor.GROUP


def install(module: Any) -> None:
    """Patch loky.process_executor, wholly or not at all."""
    kept = patches.count(GROUP)
    try:
        executor.install(module)
        patches.replace(GROUP, module._ExecutorManagerThread, "kill_workers", _kill_workers)
    except Exception:
        patches.undo(GROUP, kept)
        raise


def _kill_workers(original: Any) -> Any:
    def kill_workers(self: Any, reason: str = "", *args: Any, **options: Any) -> Any:
        executor.told(_killing, dict(self.processes), "broken" if reason.startswith("broken") else "executor")
        return original(self, reason, *args, **options)

    return kill_workers


def _killing(processes: dict[int, Any], why: str) -> None:
    """Those that are still there are about to be killed, by the executor and not by themselves."""
    dead = set(wait([process.sentinel for process in processes.values()], 0))
    for process in processes.values():
        uid = vars(process._popen).get("_procscope_uid")
        if uid is not None and process.sentinel not in dead:
            births.signalled(uid, process.pid, int(signal.SIGKILL), why)
