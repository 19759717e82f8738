"""Running a program as the interpreter's own command line would, from within an interpreter started with -c.

Used where the start-up file is not installed. The program runs in the real `__main__`: pickle, spawn and runpy look
for it there.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, NoReturn

_OWN_GLOBALS = frozenset({
    "__name__", "__doc__", "__package__", "__loader__", "__spec__", "__annotations__", "__builtins__",
})  # fmt: skip


def run(argv: list[str]) -> NoReturn:
    """Run the script, -m MODULE, -c CODE or - (standard input) that `argv` begins with; leaves as it leaves."""
    scope = vars(sys.modules["__main__"])
    for name in [name for name in scope if name not in _OWN_GLOBALS]:
        del scope[name]
    try:
        _dispatch(argv, scope)
    except BaseException:
        _hide_our_frames(sys.excepthook)
        raise
    sys.exit()


def _dispatch(argv: list[str], scope: dict[str, Any]) -> None:
    if argv[0] == "--":
        argv = argv[1:]
    elif argv[0] == "-m":
        return _run_module(argv[1:])
    elif argv[0] == "-c":
        sys.argv[:] = ["-c", *argv[2:]]
        return exec(compile(argv[1], "<string>", "exec", dont_inherit=True), scope)
    sys.argv[:] = argv
    if argv[0] == "-":
        scope.update(__file__="<stdin>", __cached__=None)
        return exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec", dont_inherit=True), scope)
    _run_file(argv[0], scope)


def _run_module(argv: list[str]) -> None:
    import runpy

    sys.argv[:] = ["-m", *argv[1:]]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    runpy._run_module_as_main(argv[0])  # type: ignore[attr-defined]


def _run_file(path: str, scope: dict[str, Any]) -> None:
    import importlib.machinery

    if os.path.isdir(path) or _is_archive(path):
        return _run_container(path)
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    absolute = os.path.abspath(path)
    kind = importlib.machinery.SourcelessFileLoader if path.endswith(".pyc") else importlib.machinery.SourceFileLoader
    loader = kind("__main__", absolute)
    scope.update(__file__=absolute, __cached__=None, __loader__=loader)
    if kind is importlib.machinery.SourcelessFileLoader:
        code = loader.get_code("__main__")
    else:
        with open(path, "rb") as file:
            code = compile(file.read(), absolute, "exec", dont_inherit=True)
    assert code is not None
    exec(code, scope)


def _run_container(path: str) -> None:
    import runpy

    path = os.path.abspath(path)
    if getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, path)
    else:
        sys.path[0] = path
    runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]


def _is_archive(path: str) -> bool:
    with open(path, "rb") as file:
        if file.read(2) == b"#!" or not path.endswith(".py"):
            import zipfile

            return zipfile.is_zipfile(path)
    return False


def _hide_our_frames(hook: Any) -> None:
    """Have an exception on its way out shown without the frames of the bootstrap."""

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename, trace.tb_frame.f_globals):
            trace = trace.tb_next
        hook(kind, error.with_traceback(trace), trace)

    sys.excepthook = excepthook


def _is_ours(file: str, scope: dict[str, Any]) -> bool:
    return (
        file == __file__
        or file == os.path.join(os.path.dirname(__file__), "boot.py")
        or (file == "<string>" and sys.argv[:1] != ["-c"] and scope.get("__name__") == "__main__")
    )
