"""Which line of the program made a primitive, and what it calls it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from procscope.runtime.instrument import calls


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("lock = Lock()", "lock"),
        ("self.lock = context.Lock()", "self.lock"),
        ("self.locks['a'] = Lock()", "self.locks['a']"),
        ("lock: Lock = mp.Lock()", "lock"),
        ("with Lock() as lock:", "lock"),
        ("a, b = Lock(), Lock()", ""),
        ("lock = Lock();", "lock"),
        ("return Lock()", ""),
        ("if lock == Lock():", ""),
        ("Thing(lock=Lock())", ""),
        ("", ""),
    ],
)
def test_the_name_is_what_the_line_assigns_to(line: str, name: str) -> None:
    """Two of a program's six locks in a deadlock were both called "Lock"."""
    assert calls.target(line) == name


def test_the_site_is_the_innermost_line_of_the_program() -> None:
    """Every lock seemed to be made in multiprocessing/context.py."""
    made, where = calls.called()
    assert made == "made, where" or made == ""
    assert where.startswith(f"{__file__}:")
    assert where.endswith("test_the_site_is_the_innermost_line_of_the_program")


@pytest.mark.parametrize("names", [{}, {"__name__": __name__}], ids=["of nobody", "of the program"])
def test_code_made_by_exec_stands_in_no_file(names: dict[str, object]) -> None:
    """Who waited for a Value's lock stood at `<string>:3 in getvalue`, for a manager's queue at `<string>:2 in get`."""
    exec("def made(call):\n    return call()", names)
    made: Callable[[Callable[[], str]], str] = names["made"]  # type: ignore[assignment]
    assert made(calls.site).endswith("in test_code_made_by_exec_stands_in_no_file")
