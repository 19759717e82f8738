"""Which line of the program made a primitive, and what it calls it."""

from __future__ import annotations

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
