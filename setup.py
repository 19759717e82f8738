"""Ships `procscope_boot.pth` to the root of site-packages: with the wheel and with an editable install.

Everything else is in pyproject.toml; setuptools has no declarative way to put a file there.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).parent
BOOT = ROOT / "procscope_boot.pth"
VENDOR = ROOT / "procscope" / "static" / "vendor"


class BuildPy(build_py):
    """Copies the start-up file to where the wheel's root is."""

    @property
    def _boot(self) -> list[str]:
        """Empty in editable mode, where EditableWheel writes the file."""
        return [] if self.editable_mode else [str(Path(self.build_lib) / BOOT.name)]

    def run(self) -> None:
        if not VENDOR.is_dir():
            self.warn("static/vendor is missing: the dashboard's pages will not be live (npm ci && npm run vendor)")
        super().run()
        for target in self._boot:
            shutil.copyfile(BOOT, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *self._boot]


class _WithBoot:
    """An editable strategy that adds the start-up file to what the wrapped one writes."""

    def __init__(self, strategy: Any) -> None:
        self._strategy = strategy

    def __enter__(self) -> _WithBoot:
        self._strategy.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        return self._strategy.__exit__(*raised)

    def __call__(self, wheel: Any, files: list[str], mapping: dict[str, str]) -> None:
        self._strategy(wheel, files, mapping)
        wheel.writestr(BOOT.name, BOOT.read_bytes())


class EditableWheel(editable_wheel):
    """An editable install observes Python subprocesses too."""

    def _select_strategy(self, *args: Any, **options: Any) -> Any:
        return _WithBoot(super()._select_strategy(*args, **options))  # type: ignore[misc]


setup(cmdclass={"build_py": BuildPy, "editable_wheel": EditableWheel})
