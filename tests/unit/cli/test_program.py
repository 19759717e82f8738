"""Which words of `procscope run` are ours, and which are the program's."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from procscope.cli.program import Program, program, split

VALUED = ("--db", "--name", "--detail")


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (["job.py", "--name", "x"], []),
        (["--quiet", "job.py", "--quiet"], ["--quiet"]),
        (["--name", "job.py", "job.py"], ["--name", "job.py"]),
        (["--name=n", "-m", "pkg", "--db", "x"], ["--name=n"]),
        (["-mpkg", "--quiet"], []),
        (["-c", "print(1)", "-c"], []),
        (["--quiet", "--", "--quiet"], ["--quiet"]),
        (["--capture-args", "-", "x"], ["--capture-args"]),
        (["--name"], ["--name"]),
        ([], []),
    ],
)
def test_our_options_end_where_the_program_begins(words: list[str], ours: list[str]) -> None:
    """A program's own --name was once eaten by the launcher."""
    assert split(words, VALUED) == (ours, words[len(ours) :])


def test_a_script_keeps_every_word_after_it(tmp_path: Path) -> None:
    """`--` after the script belongs to the script."""
    script = tmp_path / "job.py"
    script.touch()
    found = program([str(script), "--", "-m", "x"])
    assert found == Program("script", str(script), ("--", "-m", "x"))
    assert found.interpreter_args == [str(script), "--", "-m", "x"]
    assert found.name == "job.py"


@pytest.mark.parametrize("words", [["-m", "pkg.mod", "-x"], ["-mpkg.mod", "-x"]])
def test_a_module_is_spelled_either_way(words: list[str]) -> None:
    """python takes -mNAME as well as -m NAME."""
    found = program(words)
    assert (found.kind, found.target, found.args) == ("module", "pkg.mod", ("-x",))
    assert found.interpreter_args == ["-m", "pkg.mod", "-x"]


def test_code_is_handed_on_whole() -> None:
    """Code with spaces and newlines is one argument."""
    found = program(["-c", "a = 1\nprint(a)", "arg"])
    assert found.interpreter_args == ["-c", "a = 1\nprint(a)", "arg"]
    assert found.name == "-c"


def test_a_dash_is_a_program_on_stdin() -> None:
    """`generate | procscope run -` works as `python -` does."""
    assert program(["-", "x"]) == Program("stdin", "-", ("x",))


def test_a_script_named_like_an_option_is_not_taken_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`procscope run -- -x.py` must not become `python -x.py`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-x.py").touch()
    assert program(["--", "-x.py"]).interpreter_args == ["--", "-x.py"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no program"),
        (["--"], "no program"),
        (["-m"], "-m needs a module"),
        (["-c"], "-c needs code"),
        (["nowhere.py"], "there is no file 'nowhere.py'"),
        (["python3", "job.py"], "without the interpreter"),
    ],
)
def test_nothing_to_run_is_said_in_one_sentence(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A typing mistake must name the thing and the remedy, not show a traceback."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.UsageError, match=said):
        program(words)


def test_a_directory_needs_a_main(tmp_path: Path) -> None:
    """A directory runs only with a __main__.py, as for python."""
    with pytest.raises(click.UsageError, match=r"without a __main__\.py"):
        program([str(tmp_path)])
    (tmp_path / "__main__.py").touch()
    assert program([str(tmp_path)]).kind == "script"
