"""Exit codes as the parent sees them, and signals that the program sends its children itself."""

from __future__ import annotations

import os
import sys

from procscope.runtime.instrument import patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "exit codes"
_WHY = {
    "_exit_function": "daemon",
    "_terminate_pool": "pool",
    "_force_shutdown": "executor",
    "terminate_broken": "broken",
    "_terminate_broken": "broken",
    "_finalize_manager": "manager",
}
"""Functions of the standard library that end children for reasons of their own."""
_LIBRARIES = ("multiprocessing.", "multiprocess.", "concurrent.futures.", "loky.", "joblib.externals.loky.")
_DEEP = 6


def install(module: ModuleType) -> None:
    """Patch Popen of popen_fork (spawn inherits it) or of popen_forkserver."""
    patches.replace(GROUP, module.Popen, "poll", _poll)
    if "_send_signal" in vars(module.Popen):
        patches.replace(GROUP, module.Popen, "_send_signal", _send_signal)


def _poll(original: Any) -> Any:
    def poll(self: Any, flag: int = os.WNOHANG) -> Any:
        if self.returncode is not None:
            return self.returncode
        try:
            code = original(self, flag)
        except BaseException as error:
            patches.hide(error)
            raise
        if code is not None:
            _tell(self, code, exited=True)
        return code

    return poll


def _send_signal(original: Any) -> Any:
    def _send_signal(self: Any, sig: int) -> Any:
        if self.returncode is None:
            _tell(self, sig, exited=False)
        try:
            return original(self, sig)
        except BaseException as error:
            patches.hide(error)
            raise

    return _send_signal


def _why(frame: Any) -> str:
    """On whose behalf the signal is sent, '' for the program's own."""
    for _ in range(_DEEP):
        if frame is None:
            break
        name = frame.f_code.co_name
        if name in _WHY and str(frame.f_globals.get("__name__")).startswith(_LIBRARIES):
            return _WHY[name]
        frame = frame.f_back
    return ""


def _tell(popen: Any, number: int, *, exited: bool) -> None:
    try:
        uid = vars(popen).get("_procscope_uid")
        if uid is None:
            return
        from procscope.runtime.instrument import births

        if exited:
            births.exited(uid, popen.pid, number)
        else:
            births.signalled(uid, popen.pid, int(number), _why(sys._getframe(2)))
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
