"""The browser's pure modules under node, and the types of all of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_pure_modules() -> None:
    """state, series, format, names, tree, grammar: no browser needed."""
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/browser/js").glob("*.test.js"))
    assert tests
    _run("node", "--test", *tests)


def test_the_types() -> None:
    """A field of the view model that was renamed on one side only."""
    _run("node_modules/.bin/tsc", "--noEmit")


@pytest.mark.parametrize("name", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style="])
def test_markup_is_never_made_from_strings(name: str) -> None:
    """The one line that lets a task's argument become markup. (`style=` in a template is refused by the policy.)"""
    sources = [*(ROOT / "static/js").rglob("*.js")] if name != "style=" else [*(ROOT / "templates").glob("*.html")]
    assert sources
    assert [str(path) for path in sources if name in path.read_text()] == []


def test_files_stay_small() -> None:
    """A module that nobody can hold in the head."""
    sizes = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "static/js").rglob("*.js")}
    assert {name: size for name, size in sizes.items() if size > 125} == {}
