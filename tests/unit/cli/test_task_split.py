"""A task's page tells its way back, its bytes, how far it said it was, and what was said in it."""

from __future__ import annotations

from procscope.cli import said_page, task_page, tasks_page
from procscope.cli.paper import Line
from procscope.runtime.store import wire
from procscope.runtime.store.rows import LogLine
from tests.unit.cli import rows


def text(lines: list[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in lines]


def said(**given: object) -> LogLine:
    plain = {"id": 1, "run_id": 1, "at_us": rows.NOW, "source": "logging", "level": 30, "message": "low", "rev": 1}
    return rows.made(LogLine, **{**plain, **given})


def test_the_way_back_and_the_bytes() -> None:
    """A task of 1 ms that takes 3 s is not slow: its result is large."""
    task = rows.task(arrived_us=rows.NOW + 3_440_000, bytes_in=120, bytes_out=52_000_000)
    page = text(task_page.page(rows.detail(task), rows.NOW))
    assert any("3.0 s back ──▶ arrived" in line for line in page), page
    assert any(line.startswith("pickled") and "arguments 120 B" in line and "result 5" in line for line in page), page


def test_what_is_not_known_is_not_shown_as_nothing() -> None:
    """A thread's task has no pickle: '0 B' and '0 s back' would be inventions."""
    page = "\n".join(text(task_page.page(rows.detail(rows.task()), rows.NOW)))
    assert "back" not in page
    assert "pickled" not in page
    assert "progress" not in page
    assert wire.task_object(rows.task())["transfer_s"] is None


def test_progress_with_and_without_a_total() -> None:
    task = rows.task(progress_done=37, progress_total=400, progress_text="resizing")
    assert "progress  37 of 400 · resizing" in text(task_page.page(rows.detail(task), rows.NOW))
    assert tasks_page.progressed({"done": 1200, "total": None, "text": ""}) == ", 1,200"
    assert tasks_page.progressed(None) == ""


def test_records_and_last_words_line_by_line() -> None:
    """An escape sequence in a message must not reach the terminal; lines keep their order."""
    page = text(said_page.page([
        said(level=40, message="broken\nZeroDivisionError: 1", logger="app", site="job.py:3 in f"),
        said(source="stderr", level=None, message="\x1b[31mlast"), said(level=35),
    ]))  # fmt: skip
    assert page[0].endswith("ERROR     broken  app  job.py:3 in f")
    assert page[1].strip() == "ZeroDivisionError: 1"
    assert page[2].endswith("stderr    \x1b[31mlast")  # paper makes it printable
    assert "level 35" in page[3]
    assert wire.log_object(said())["task"] is None
