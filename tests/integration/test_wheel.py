"""What is installed is what works: the wheel in an empty environment, and the editable install."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support import wheels
from tests.support.imports import ROOT, modules
from tests.support.waiting import wait_until
from tests.support.wheels import Environment

JOB = """
import multiprocessing
import subprocess
import sys

def square(n):
    return n * n

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print([pool.apply(square, (n,)) for n in range(5)], flush=True)
    subprocess.run([sys.executable, "-c", "print('child')"], check=True)
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    return wheels.wheel(wheels.checkout(folder), folder)


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_every_module_and_page(built: Path) -> None:
    """A folder behind a link that is not packed is missed only by whoever has no checkout."""
    names = _names(built)
    code = {module.name.replace(".", "/") for module in modules("procscope", "runtime", "dashboard", "migrations")}
    missing = [name for name in code if not {f"{name}.py", f"{name}/__init__.py"} & names]
    assert not missing
    pages = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert not [page for page in pages if f"procscope/{page.relative_to(ROOT)}" not in names]
    assert {"procscope_boot.pth", "procscope/py.typed"} <= names


def test_wheel_holds_the_browser_s_modules(built: Path) -> None:
    """The vendor folder is ignored by git: a build that skips what git ignores serves pages without scripts."""
    if not (ROOT / "static" / "vendor").is_dir():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no static/vendor: run `npm run vendor`")
    assert any(name.startswith("procscope/static/vendor/") for name in _names(built))


def test_wheel_of_the_source_distribution_is_the_same(built: Path, tmp_path: Path) -> None:
    """Links become files in an archive; a manifest that forgets some makes a wheel that lacks them."""
    source = wheels.unpacked_sdist(wheels.checkout(tmp_path), tmp_path)
    (again := tmp_path / "again").mkdir()
    assert _names(wheels.wheel(source, again)) == _names(built)


def _observe(environment: Environment, home: Path) -> dict[str, Any]:
    """Run JOB with `environment`'s command, recording in `home`, and what `runs` and `tree` then say."""
    folder = environment.python.parent.parent
    (folder / "job.py").write_text(JOB)
    variables = {"PROCSCOPE_STATE_DIR": str(home)}
    out = wheels.said(environment.procscope, "run", "job.py", cwd=folder, variables=variables)
    assert out == "[0, 1, 4, 9, 16]\nchild\n"

    def ended() -> dict[str, Any] | None:
        (run,) = map(
            json.loads,
            wheels.said(environment.procscope, "runs", "--json", cwd=folder, variables=variables).split("\n")[:1],
        )
        return run if run["state"] != "running" else None

    run = wait_until(ended, what="the run is over")
    assert run is not None
    run["tree"] = wheels.said(environment.procscope, "tree", "--json", cwd=folder, variables=variables)
    return run


def _is_whole(run: dict[str, Any]) -> None:
    assert run["state"] == "finished"
    assert run["exit_code"] == 0
    assert run["tasks"]["succeeded"] == 5
    assert '"subprocess"' in run["tree"]


def test_installed_wheel_observes_a_job(built: Path, tmp_path: Path, state_dir: Path) -> None:
    """Templates, migrations or the start-up file missing from an install: everything works but for users."""
    environment = Environment(tmp_path / "environment")
    environment.install(built)
    _is_whole(_observe(environment, state_dir))


def test_editable_install_observes_subprocesses_too(tmp_path: Path, state_dir: Path) -> None:
    """An editable install that leaves out the start-up file observes everything but what runs in a subprocess."""
    environment = Environment(tmp_path / "environment")
    environment.install("--editable", wheels.checkout(tmp_path))
    _is_whole(_observe(environment, state_dir))


def test_uninstalled_start_up_file_is_silent(built: Path, tmp_path: Path) -> None:
    """A start-up file that outlives its package must not print at every interpreter's start."""
    environment = Environment(tmp_path / "environment")
    environment.install("--no-deps", built)
    wheels.said(environment.python, "-m", "pip", "uninstall", "-q", "-y", "procscope", cwd=tmp_path)
    (packages,) = (tmp_path / "environment").glob("lib/python3*/site-packages")
    assert not (packages / "procscope_boot.pth").exists()
    (packages / "procscope_boot.pth").write_bytes((ROOT / "procscope_boot.pth").read_bytes())
    done = subprocess.run(
        [environment.python, "-c", "print(1)"],
        env=wheels.clean_environment({"PROCSCOPE_RUN": "0" * 12}),
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"1\n", b"")
