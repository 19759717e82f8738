"""What reaches the terminal or the pipe."""

from __future__ import annotations

import json

import pytest

from procscope.cli import paper
from procscope.cli.columns import Column, fitting


def test_escape_sequences_of_a_program_do_not_reach_the_terminal() -> None:
    """A task's argument that held a title-setting sequence renamed the operator's window."""
    assert paper.printable("a\x1b]0;owned\x07b\x9b1m\n") == "a\\x1b]0;owned\\x07b\\x9b1m\\n"
    assert paper.printable("naïve – ✓ 日本") == "naïve – ✓ 日本"
    assert paper.printable("\udcff") == "\\udcff"


def test_piped_tables_are_plain_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """`procscope runs | awk` must see columns, not boxes and colours."""
    columns = [Column("RUN"), Column("TASKS", right=True), Column("NAME")]
    paper.table(columns, [[("4f21c9", "bold"), ("1,204", ""), ("job.py", "")], [("a", ""), ("2", ""), ("", "")]])
    assert capsys.readouterr().out == "RUN     TASKS  NAME\n4f21c9  1,204  job.py\na           2\n"


def test_json_is_one_ascii_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A name with a newline or a lone surrogate must not break the line-by-line reader."""
    content = [{"name": "a\nb\udcff\x9b"}, {"name": "ü"}]
    paper.json_lines(content)
    out = capsys.readouterr().out
    assert out.isascii()
    assert [json.loads(line) for line in out.splitlines()] == content


def test_a_narrow_terminal_leaves_out_what_can_be_spared() -> None:
    """Every column cut to two letters told nothing at 80 characters."""
    columns = [Column("ID"), Column("CALL", flexible=True), Column("WAITED", spare=True)]
    assert fitting(columns, [6, 60, 8], 120) == {0: 6, 1: 60, 2: 8}
    assert fitting(columns, [6, 60, 8], 50) == {0: 6, 1: 30, 2: 8}
    assert fitting(columns, [6, 60, 8], 39) == {0: 6, 1: 29}
    assert fitting(columns, [6, 60, 8], 5) == {0: 6, 1: 1}


def test_flexible_columns_share_fairly() -> None:
    """A short reason leaves its room to a long call."""
    columns = [Column("CALL", flexible=True), Column("WHY", flexible=True)]
    assert fitting(columns, [100, 10], 84) == {0: 70, 1: 10}
    assert fitting(columns, [100, 100], 84) == {0: 40, 1: 40}
