"""The finder that waits for modules."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from procscope.runtime.instrument import lazy
from tests.support.observed import ROOT


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module that has not been imported yet."""
    name = "procscope_lazy_specimen"
    (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def test_called_once_the_module_has_run(package: str) -> None:
    """A hook that saw a half-imported module patched nothing."""
    seen: list[int] = []
    finder = lazy.install({package: lambda module: seen.append(module.value)})
    assert sys.meta_path[0] is finder
    assert importlib.import_module(package).value == 1
    assert seen == [1]
    assert finder not in sys.meta_path


def test_the_loader_is_left_as_it_was(package: str) -> None:
    """importlib.reload went through our wrapper."""
    lazy.install({package: lambda module: None})
    module = importlib.import_module(package)
    assert module.__spec__ is not None
    assert "exec_module" not in vars(module.__spec__.loader)


def test_at_once_where_it_is_imported_already() -> None:
    """instrument() after `import multiprocessing` observed nothing."""
    seen: list[ModuleType] = []
    finder = lazy.install({"json": seen.append})
    assert seen == [sys.modules["json"]]
    assert finder not in sys.meta_path


def test_start_up_imports_nothing_of_multiprocessing(tmp_path: Path) -> None:
    """Every `python -c pass` of an observed run took 15 ms longer."""
    (tmp_path / "spool" / "abcdefabcdef").mkdir(parents=True)
    code = (
        "import sys; from procscope.runtime.instrument.boot import from_environment; from_environment(); "
        "heavy = {'multiprocessing', 'concurrent.futures', 'typing', 'enum', 're', 'json', 'ctypes', 'dataclasses', "
        "'logging', 'subprocess', 'socket', 'threading', 'struct', 'hashlib', 'contextlib', 'functools'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    env = {"PYTHONPATH": str(ROOT), "PROCSCOPE_RUN": "abcdefabcdef", "PROCSCOPE_STATE_DIR": str(tmp_path)}
    plain = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, env=env, check=True)
    assert plain.stdout.strip() == "[]", plain.stdout
