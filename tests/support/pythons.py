"""The interpreters whose programs are observed: each of 3.10 to 3.14 that pyenv or the PATH has.

PROCSCOPE_TEST_PYTHONS lists the versions that must be there ("3.10 3.11"): with CI=true a missing one fails,
elsewhere it is skipped with the reason.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
STARTS = [(version, method) for version in ("3.10", "3.13") for method in ("fork", "spawn", "forkserver")]
STARTS += [("3.11", "spawn"), ("3.12", "forkserver")]
"""Each version and each start method, for tests that take long: all methods on the oldest and the newest."""


class Interpreter(NamedTuple):
    """An executable, its version as text (3.12.1) and as numbers (3, 12)."""

    path: str
    full: str
    version: tuple[int, int]


def wanted() -> list[str]:
    """The versions that have to be there."""
    return os.environ.get("PROCSCOPE_TEST_PYTHONS", "").replace(",", " ").split()


def find(version: str) -> Interpreter | None:
    """The interpreter of `version` ("3.12"), from pyenv first; None if there is none that answers."""
    for path in (*_by_pyenv(version), shutil.which(f"python{version}")):
        if path and (found := _asked(path)) and found.version == _numbers(version):
            return found
    return None


@functools.cache
def present() -> tuple[Interpreter, ...]:
    """Every interpreter of VERSIONS that is here, oldest first."""
    return tuple(found for version in VERSIONS if (found := find(version)))


def interpreter(version: str) -> Interpreter:
    """The interpreter of `version`; skips or fails the test where there is none (see above)."""
    for found in present():
        if found.version == _numbers(version):
            return found
    reason = f"no Python {version} on this machine: install it with pyenv to run this"
    if os.environ.get("CI") == "true" and version in wanted():
        pytest.fail(reason)
    pytest.skip(reason)


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _by_pyenv(version: str) -> list[str]:
    root = os.environ.get("PYENV_ROOT") or _said(["pyenv", "root"])
    if not root:
        return []
    folders = sorted(Path(root, "versions").glob(version + ".*"), key=lambda folder: _patch(folder.name), reverse=True)
    return [str(folder / "bin" / "python") for folder in folders]


def _patch(name: str) -> int:
    digits = name.rsplit(".", 1)[-1]
    return int(digits) if digits.isdigit() else -1


def _asked(path: str) -> Interpreter | None:
    said = _said([path, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.executable)"])
    if not said:
        return None
    full, _, executable = said.partition(" ")
    return Interpreter(executable, full, _numbers(full))


def _said(argv: list[str]) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
