"""The catalogue in the docstring of `events` is the vocabulary, whole and true; and the house keeps its manners."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple, get_args

import pytest

from procscope.runtime import events
from procscope.runtime.events import RICH, Kind
from tests.support.imports import Module, modules

PACKED = {"Name", "TaskSubmitted", "TaskRan", "ChunkSubmitted", "ChunkRan", "ResultArrived"}
NOT_A_RECORD = {"Unknown"}
CROSSROADS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


class Row(NamedTuple):
    """One line of the table: number, event, and how it is written."""

    number: int
    name: str
    written: str


def _table() -> list[Row]:
    rows = re.findall(r"^ {2,}(\d+) +(\w+) .* (packed|JSON)$", events.__doc__ or "", re.MULTILINE)
    return [Row(int(number), name, written) for number, name, written in rows]


def _enum_name(event: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", event).upper()


def test_every_kind_has_a_row_and_every_row_a_kind() -> None:
    """A kind missing from the table is a fact that a reader of the house never learns about."""
    assert {_enum_name(row.name): row.number for row in _table()} == {kind.name: int(kind) for kind in Kind}


def test_rich_kinds_are_those_written_as_json() -> None:
    """A kind that is packed by the writer and looked up as JSON by the reader is damage on every record."""
    written = {row.name: row.written for row in _table()}
    assert {kind.name for kind in RICH} == {_enum_name(name) for name, how in written.items() if how == "JSON"}
    assert {name for name, how in written.items() if how == "packed"} == PACKED


@pytest.mark.parametrize("kind", RICH, ids=lambda kind: kind.name)
def test_a_rich_kind_is_the_type_of_its_name(kind: Kind) -> None:
    """Two kinds mapped to one type would come back as the wrong event."""
    assert _enum_name(RICH[kind].__name__) == kind.name


def test_event_is_the_union_of_all_types() -> None:
    """A type left out of Event is not checked by mypy where events are folded."""
    named = {kind.__name__ for kind in get_args(events.Event)}
    assert named == {row.name for row in _table()} - {"Name"} | NOT_A_RECORD


HOUSE = modules("procscope", "runtime", "dashboard", "migrations", "tests", "benchmarks", "examples")


def test_no_module_is_named_for_nothing() -> None:
    """A module named utils collects whatever has no home, and then everything imports it."""
    assert not [module.where for module in HOUSE if CROSSROADS.intersection(module.name.split("."))]


def test_longest_rooms_are_reported(
    record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Length alone is no fault; the list is for whoever looks for two ideas living in one room."""
    functions = sorted(((length, where) for module in HOUSE for length, where in _functions(module)), reverse=True)
    files = sorted(((len(module.path.read_text().splitlines()), module.where) for module in HOUSE), reverse=True)
    with capsys.disabled():
        for length, where in [*files[:3], *functions[:3]]:
            record_property(where, length)
            print(f"\n  {length:4d} lines  {where}", end="")
    assert functions
    assert files


def _functions(module: Module) -> list[tuple[int, str]]:
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{module.where}:{node.lineno} {node.name}")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
