"""The standard library's own processes: the fork server and the resource tracker, told by whoever starts them."""

from __future__ import annotations

from procscope.runtime.instrument import patches, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

GROUP = "fork server and resource tracker"
_KINDS = ("resource_tracker", "forkserver")


def install(module: ModuleType) -> None:
    """Patch spawnv_passfds of multiprocessing.util, by which both are started, and children of spawn as well."""
    patches.replace(GROUP, module, "spawnv_passfds", _spawnv_passfds)


def _spawnv_passfds(original: Any) -> Any:
    def spawnv_passfds(path: Any, args: Any, passfds: Any) -> Any:
        pid = original(path, args, passfds)
        try:
            kind = _kind(args)
            if kind and recorder.run:
                from procscope.runtime.instrument import births

                births.servant(kind, pid)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise
        return pid

    return spawnv_passfds


def _kind(args: Any) -> str:
    """By the code after -c, `from multiprocessing.forkserver import …`; '' for a child of the program."""
    words = [word.decode("ascii", "replace") if type(word) is bytes else word for word in args]
    code = words[words.index("-c") + 1].split() if "-c" in words[:-1] else []
    module = code[1].rpartition(".")[2] if code[:1] == ["from"] and code[2:3] == ["import"] else ""
    return module if module in _KINDS else ""
