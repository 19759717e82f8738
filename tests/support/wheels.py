"""Building the distribution and installing it into empty environments, outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.imports import ROOT

NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv*", ".demo", "node_modules", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", "tests", ".ci"
)


def clean_environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what would let a checkout leak into it, and `variables` over it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PROCSCOPE_"))}
    return {**kept, **(variables or {})}


def said(*words: str | Path, cwd: Path, seconds: float = 300, variables: Mapping[str, str] | None = None) -> str:
    """What a command printed on stdout; AssertionError with all it said if it failed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=clean_environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, words))} → {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def checkout(folder: Path) -> Path:
    """A copy of the checkout's sources with its links kept: building leaves nothing in the real one."""
    target = folder / "checkout"
    shutil.copytree(ROOT, target, symlinks=True, ignore=NOT_SOURCE)
    return target


def wheel(source: Path, out: Path) -> Path:
    """The wheel of a source tree, built by pip with this environment's setuptools."""
    said(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, source, cwd=out)
    (found,) = out.glob("procscope-*.whl")
    return found


def unpacked_sdist(source: Path, out: Path) -> Path:
    """The folder that the source distribution of `source` unpacks to."""
    build = "import sys; from setuptools.build_meta import build_sdist; print(build_sdist(sys.argv[1]))"
    said(sys.executable, "-c", build, out, cwd=source)
    (archive,) = out.glob("procscope-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(out, filter="data")
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


class Environment:
    """An empty virtual environment in `folder`."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, env=clean_environment())
        self.python = folder / "bin" / "python"
        self.procscope = folder / "bin" / "procscope"

    def install(self, *words: str | Path) -> None:
        """pip install, from the index as this machine has it configured."""
        said(self.python, "-m", "pip", "install", "-q", *words, cwd=self.python.parent)
