"""The arrows between the rooms, held by reading every import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from tests.support.imports import Import, Module, modules

R = "procscope.runtime"
GROUND = [f"{R}.{name}" for name in ("events", "clock", "settings", "errors", "sketch", "thrown")]
FACE = ["procscope", "procscope.runtime"]
"""The two packages on the way to every module: they hold no code that pulls a room in."""

ALLOWED: dict[str, list[str]] = {
    f"{R}.events": [],
    f"{R}.clock": [],
    f"{R}.errors": [],
    f"{R}.sketch": [],
    f"{R}.thrown": [],
    f"{R}.settings": [f"{R}.errors"],
    f"{R}.detach": [],
    f"{R}.journal*": [*GROUND, f"{R}.journal*"],
    f"{R}.instrument*": [*GROUND, f"{R}.instrument*", f"{R}.journal", f"{R}.journal.*"],
    f"{R}.collector*": [
        *GROUND,
        f"{R}.detach",
        f"{R}.collector*",
        f"{R}.journal*",
        f"{R}.store*",
        f"{R}.diagnosis*",
        f"{R}.alerts*",
    ],
    f"{R}.store*": [*GROUND, f"{R}.store*", "procscope.migrations*"],
    f"{R}.store.queries*": [
        *GROUND,
        f"{R}.store*",
        f"{R}.diagnosis.facts",
        f"{R}.diagnosis.sharing_facts",
        f"{R}.diagnosis.loads",
    ],
    f"{R}.diagnosis*": [*GROUND, f"{R}.diagnosis*"],
    f"{R}.alerts*": [*GROUND, f"{R}.alerts*", f"{R}.store*", f"{R}.diagnosis*"],
    "procscope.dashboard*": [
        *GROUND,
        "procscope.dashboard*",
        f"{R}.store",
        f"{R}.store.quer*",
        f"{R}.store.rows",
        f"{R}.store.wire",
        f"{R}.store.sync_wire",
        f"{R}.diagnosis*",
    ],
    "procscope.migrations*": [*GROUND, f"{R}.store*", "procscope.migrations*"],
}
"""Module pattern → patterns of what it may import of ours. The command line may import everything."""

OUTSIDE = {"time", "datetime", "os", "io", "pathlib", "sqlite3", "sqlalchemy", "mmap", "psutil", "socket"}
PURE = {
    f"{R}.events": OUTSIDE,
    f"{R}.sketch": OUTSIDE,
    f"{R}.journal.layout": OUTSIDE,
    f"{R}.journal.board_layout": OUTSIDE,
    f"{R}.collector.fold*": OUTSIDE,
    f"{R}.diagnosis*": OUTSIDE,
    f"{R}.alerts.machine": OUTSIDE,
    f"{R}.store.query_grammar": OUTSIDE - {"datetime"},
}
"""Module pattern → what a function of values has no business with."""

USER_SIDE = [f"{R}.instrument*", f"{R}.journal", f"{R}.journal.*", *GROUND, "procscope", R]
"""What is loaded into the observed program (the journal's reader lives beside its writer)."""

HOUSE = modules("procscope", "runtime", "dashboard", "migrations")
OURS = [*HOUSE, *modules("tests", "benchmarks", "examples")]


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _rule(module: Module) -> list[str] | None:
    fitting = [pattern for pattern in ALLOWED if fnmatchcase(module.name, pattern)]
    return ALLOWED[max(fitting, key=len)] if fitting else None


def _wrong(house: Iterable[Module], fault: Callable[[Module, Import], bool], *, typing: bool = False) -> str:
    """A line for each import that `fault` objects to; those for type checkers only if `typing`."""
    return "\n".join(
        f"{module.where}:{found.line} imports {found.name}"
        for module in house
        for found in module.imports()
        if (typing or not found.typing_only) and fault(module, found)
    )


def test_imports_follow_the_arrows() -> None:
    """A backward import over a joint ties two processes' code together and comes back as an import cycle."""

    def backward(module: Module, found: Import) -> bool:
        rule = _rule(module)
        return rule is not None and found.name.startswith("procscope.") and not _matches(found.name, [*rule, *FACE])

    assert not (wrong := _wrong(HOUSE, backward)), wrong


def test_every_room_has_its_rule() -> None:
    """A new room without a row in the table could import anything."""
    rooms = [module for module in HOUSE if module.name.startswith((f"{R}.", "procscope.dashboard"))]
    assert not [module.where for module in rooms if _rule(module) is None]


def test_runtime_imports_neither_dashboard_nor_command_line() -> None:
    """The collector runs where Flask need not be, and the program where click need not be."""
    banned = ["procscope.dashboard*", "procscope.cli*", "procscope.__main__"]
    assert not (wrong := _wrong(modules("runtime"), lambda _, found: _matches(found.name, banned), typing=True)), wrong


def test_dashboard_does_not_import_the_command_line() -> None:
    """The dashboard as a WSGI application must not pull in what parses flags."""
    wrong = _wrong(modules("dashboard"), lambda _, found: found.name.startswith("procscope.cli"), typing=True)
    assert not wrong, wrong


def test_the_observed_program_needs_only_the_standard_library() -> None:
    """A third-party import in the user's process is a version conflict with the user's own, or an ImportError."""
    allowed = {*sys.stdlib_module_names, "procscope"}
    user_side = [module for module in HOUSE if _matches(module.name, USER_SIDE)]
    assert not (wrong := _wrong(user_side, lambda _, found: found.name.split(".")[0] not in allowed)), wrong


def test_instrument_never_reads_journals() -> None:
    """Reading is the collector's: its code in the user's process is start-up time for nothing."""
    wrong = _wrong(modules("runtime/instrument"), lambda _, found: found.name.startswith(f"{R}.journal.reader"))
    assert not wrong, wrong


def test_no_bare_import_of_a_linked_folder() -> None:
    """`import runtime` makes a second module whose classes are unequal to the first's, or loads the user's own."""
    bare = {"runtime", "dashboard", "migrations", "templates", "static"}
    assert not (wrong := _wrong(OURS, lambda _, found: found.name.split(".")[0] in bare, typing=True)), wrong


def test_pure_modules_touch_no_clock_file_or_database() -> None:
    """A fold that reads the clock cannot be replayed: the same journal would make other rows."""

    def impure(module: Module, found: Import) -> bool:
        return any(fnmatchcase(module.name, name) and found.name in banned for name, banned in PURE.items())

    assert not (wrong := _wrong(HOUSE, impure)), wrong
