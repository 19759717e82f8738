"""Exceptions as values."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from procscope.runtime.events import Raised
from procscope.runtime.instrument import raised


class Rude(Exception):
    """An exception whose text must not be asked for."""

    def __str__(self) -> str:
        raise AssertionError("ran the program's __str__")


def caught(error: BaseException) -> Raised:
    try:
        raise error
    except BaseException as found:
        return raised.of(found)


def test_type_message_and_frames() -> None:
    """The line that raised is what one looks for first."""
    seen = caught(ValueError("seven"))
    assert (seen.type, seen.message, seen.link) == ("ValueError", "seven", "")
    assert seen.frames[-1].func.endswith("caught")
    assert seen.frames[-1].source == "raise error"
    assert seen.frames[-1].ours
    assert seen.frames[-1].file == __file__


def test_the_programs_str_is_never_called() -> None:
    """A __str__ with a side effect ran twice."""
    assert caught(Rude("why", 2)).message == "'why', 2"
    assert caught(Rude("why")).message == "why"
    assert caught(Rude()).message == ""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("k"), "'k'"),
        (FileNotFoundError(2, "No such file", "x.txt"), "[Errno 2] No such file: 'x.txt'"),
        (ZeroDivisionError(), ""),
        (ValueError(1, "b"), "(1, 'b')"),
        (ValueError([1, 2]), "[1, 2]"),
        (SystemExit(3), "3"),
        (ValueError("token=abcdef"), "token=***"),
    ],
)
def test_messages(error: BaseException, message: str) -> None:
    """The message is the one Python would print."""
    assert caught(error).message == message


def test_the_whole_chain() -> None:
    """The cause was the interesting part."""
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner
    except ValueError as outer:
        seen = raised.of(outer)
    assert [(cause.type, cause.link) for cause in seen.causes] == [("KeyError", "cause")]


def test_context_unless_suppressed() -> None:
    """`raise … from None` is a wish."""
    try:
        try:
            raise KeyError("inner")
        except KeyError:
            raise ValueError("outer") from None
    except ValueError as outer:
        seen = raised.of(outer)
    assert seen.causes == ()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no exception groups before 3.11")
def test_groups() -> None:
    """Each exception of a group is a cause of it."""
    group = vars(builtins)["ExceptionGroup"]("many", [ValueError(1), KeyError(2)])
    assert [(each.type, each.link) for each in caught(group).causes] == [("ValueError", "group"), ("KeyError", "group")]


def test_a_cycle_of_causes_ends() -> None:
    """Two exceptions that are each other's context never stopped."""
    one, two = ValueError(1), KeyError(2)
    one.__context__, two.__context__ = two, one
    assert len(caught(one).causes[0].causes) == 0


def test_deep_stacks_are_cut() -> None:
    """A RecursionError filled the journal with a thousand frames."""

    def down(n: int) -> NoReturn:
        down(n + 1)

    try:
        down(0)
    except RecursionError as error:
        seen = raised.of(error)
    assert len(seen.frames) <= 40


def test_source_is_read_from_regular_files_only(tmp_path: Path) -> None:
    """A frame whose file was a named pipe hung the worker."""
    import os

    pipe = str(tmp_path / "pipe.py")
    os.mkfifo(pipe)
    scope: dict[str, object] = {}
    exec(compile("def f(): raise ValueError", pipe, "exec"), scope)
    try:
        scope["f"]()  # type: ignore[operator]
    except ValueError as error:
        seen = raised.of(error)
    assert seen.frames[-1].source == ""
