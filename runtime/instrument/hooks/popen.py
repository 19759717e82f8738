"""Exit codes as the parent sees them, and signals that the program sends its children itself."""

from __future__ import annotations

import os

from procscope.runtime.instrument import patches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "exit codes"


def install(module: ModuleType) -> None:
    """Patch Popen of popen_fork (spawn inherits it) or of popen_forkserver."""
    patches.replace(GROUP, module.Popen, "poll", _poll)
    if "_send_signal" in vars(module.Popen):
        patches.replace(GROUP, module.Popen, "_send_signal", _send_signal)


def _poll(original: Any) -> Any:
    def poll(self: Any, flag: int = os.WNOHANG) -> Any:
        if self.returncode is not None:
            return self.returncode
        code = original(self, flag)
        if code is not None:
            _tell(self, "exited", code)
        return code

    return poll


def _send_signal(original: Any) -> Any:
    def _send_signal(self: Any, sig: int) -> Any:
        if self.returncode is None:
            _tell(self, "signalled", int(sig))
        return original(self, sig)

    return _send_signal


def _tell(popen: Any, what: str, number: int) -> None:
    uid = vars(popen).get("_procscope_uid")
    if uid is None:
        return
    try:
        from procscope.runtime.instrument import births

        getattr(births, what)(uid, popen.pid, number)
    except Exception as error:
        if patches.fault(GROUP, error):
            raise
