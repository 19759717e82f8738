"""Where settings come from, and which wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.cli.config import load
from procscope.runtime.errors import BadSettingError


def in_order(where: Path, *, flags: dict[str, object] | None = None, env: dict[str, str] | None = None) -> str:
    """The name of the source that decided `host`."""
    return load(flags, directory=str(where), environ=env or {}).host


def test_each_source_overrides_the_ones_before_it(tmp_path: Path) -> None:
    """A flag that lost against a file made two runs write to one database."""
    assert in_order(tmp_path) == "127.0.0.1"
    (tmp_path / "pyproject.toml").write_text('[tool.procscope]\nhost = "pyproject"\n')
    assert in_order(tmp_path) == "pyproject"
    (tmp_path / "procscope.toml").write_text('host = "file"\n')
    assert in_order(tmp_path) == "file"
    assert in_order(tmp_path, env={"PROCSCOPE_HOST": "variable"}) == "variable"
    assert in_order(tmp_path, env={"PROCSCOPE_HOST": "variable"}, flags={"host": "flag"}) == "flag"
    assert in_order(tmp_path, env={"PROCSCOPE_HOST": "variable"}, flags={"host": None}) == "variable"


def test_files_are_found_from_below(tmp_path: Path) -> None:
    """Started from a subfolder, a project's settings still hold, and its paths stay the project's."""
    (tmp_path / "procscope.toml").write_text('db = "here.db"\ntask-limit = 2\nsecret_names = ["pin", "cvv"]\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    found = load(directory=str(below), environ={})
    assert found.db == str(tmp_path / "here.db")
    assert found.task_limit == 2.0
    assert found.secret_names == "pin,cvv"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("procscope.toml", "host = \n", r"procscope\.toml is not valid TOML"),
        ("procscope.toml", "nonsense = 1\n", r"procscope\.toml: there is no setting named 'nonsense'"),
        ("procscope.toml", 'detail = "most"\n', r"procscope\.toml: setting detail is 'most'"),
        ("procscope.toml", 'run = "abc"\n', r"run cannot be set in a file"),
        ("pyproject.toml", "[tool]\nprocscope = 3\n", r"write \[tool\.procscope\]"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    """The message names the file and what to do, whichever of the two it is."""
    (tmp_path / name).write_text(text)
    with pytest.raises(BadSettingError, match=said):
        load(directory=str(tmp_path), environ={})


def test_other_tables_and_variables_are_not_ours(tmp_path: Path) -> None:
    """A project's pyproject.toml without our table, or a variable of a test harness, is not an error."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.ruff]\n')
    assert load(directory=str(tmp_path), environ={"PROCSCOPE_TEST_PYTHONS": "3.10"}).host == "127.0.0.1"
