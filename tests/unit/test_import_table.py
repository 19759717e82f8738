"""The arrows between the rooms, held by reading every import."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase

import pytest

from tests.support.imports import Import, Module, modules

R = "procscope.runtime"
GROUND = [f"{R}.{name}" for name in ("events", "clock", "settings", "errors", "sketch")]
FACE = ["procscope", "procscope.runtime"]
"""The two packages on the way to every module: they hold no code that pulls a room in."""

ALLOWED: dict[str, list[str]] = {
    f"{R}.events": [],
    f"{R}.clock": [],
    f"{R}.errors": [],
    f"{R}.sketch": [],
    f"{R}.settings": [f"{R}.errors"],
    f"{R}.journal*": [*GROUND, f"{R}.journal*"],
    f"{R}.instrument*": [*GROUND, f"{R}.instrument*", f"{R}.journal", f"{R}.journal.*"],
    f"{R}.collector*": [*GROUND, f"{R}.collector*", f"{R}.journal*", f"{R}.store*", f"{R}.diagnosis*", f"{R}.alerts*"],
    f"{R}.store*": [*GROUND, f"{R}.store*", "procscope.migrations*"],
    f"{R}.diagnosis*": [*GROUND, f"{R}.diagnosis*"],
    f"{R}.alerts*": [*GROUND, f"{R}.alerts*", f"{R}.store*", f"{R}.diagnosis*"],
    "procscope.dashboard*": [
        *GROUND,
        "procscope.dashboard*",
        f"{R}.store",
        f"{R}.store.quer*",
        f"{R}.store.rows",
        f"{R}.diagnosis*",
    ],
    "procscope.migrations*": [*GROUND, f"{R}.store*", "procscope.migrations*"],
}
"""Module pattern → patterns of what it may import of ours. The command line may import everything."""

PURE = {
    f"{R}.events": "time os sqlite3 sqlalchemy",
    f"{R}.sketch": "time os sqlite3 sqlalchemy",
    f"{R}.journal.layout": "time os sqlite3 sqlalchemy mmap",
    f"{R}.collector.fold*": "time os sqlite3 sqlalchemy psutil datetime",
    f"{R}.diagnosis*": "time os sqlite3 sqlalchemy psutil",
    f"{R}.store.query_grammar": "time os sqlite3 sqlalchemy",
}
"""Module pattern → what a function of values has no business with."""

HOUSE = modules("procscope", "runtime", "dashboard", "migrations")
OURS = [*HOUSE, *modules("tests", "benchmarks", "examples")]


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _ours(found: Import) -> bool:
    return found.name.split(".")[0] == "procscope"


def _rule(module: Module) -> list[str] | None:
    fitting = [pattern for pattern in ALLOWED if fnmatchcase(module.name, pattern)]
    return ALLOWED[max(fitting, key=len)] if fitting else None


@pytest.mark.parametrize("module", HOUSE, ids=lambda module: module.name)
def test_imports_follow_the_arrows(module: Module) -> None:
    """A backward import over a joint ties two processes' code together and comes back as an import cycle."""
    rule = _rule(module)
    if rule is None:
        assert not module.name.startswith((R + ".", "procscope.dashboard")), f"no rule for {module.name}: add a row"
        return
    wrong = [
        f"{module.where}:{found.line} imports {found.name}"
        for found in module.imports()
        if _ours(found) and not found.typing_only and found.name not in FACE and not _matches(found.name, rule)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", modules("runtime"), ids=lambda module: module.name)
def test_runtime_imports_neither_dashboard_nor_command_line(module: Module) -> None:
    """The collector runs where Flask need not be, and the program where click need not be."""
    banned = ["procscope.dashboard*", "procscope.cli*", "procscope.__main__"]
    wrong = [f"{module.where}:{found.line}: {found.name}" for found in module.imports() if _matches(found.name, banned)]
    assert not wrong, "\n".join(wrong)


def test_dashboard_does_not_import_the_command_line() -> None:
    """The dashboard as a WSGI application must not pull in what parses flags."""
    for module in modules("dashboard"):
        assert not [found for found in module.imports() if found.name.startswith("procscope.cli")], module.where


USER_SIDE = [f"{R}.instrument*", f"{R}.journal", f"{R}.journal.*", *GROUND, "procscope", "procscope.runtime"]
READING = [f"{R}.journal.reader"]


@pytest.mark.parametrize(
    "module", [module for module in HOUSE if _matches(module.name, USER_SIDE)], ids=lambda module: module.name
)
def test_the_observed_program_needs_only_the_standard_library(module: Module) -> None:
    """A third-party import in the user's process is a version conflict with the user's own, or an ImportError."""
    wrong = [
        f"{module.where}:{found.line} imports {found.name}"
        for found in module.imports()
        if not found.typing_only and not _ours(found) and found.name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", modules("runtime/instrument"), ids=lambda module: module.name)
def test_instrument_never_reads_journals(module: Module) -> None:
    """Reading is the collector's: its code in the user's process is start-up time for nothing."""
    assert not [found for found in module.imports() if _matches(found.name, READING) and not found.typing_only]


@pytest.mark.parametrize("module", OURS, ids=lambda module: module.name)
def test_no_bare_import_of_a_linked_folder(module: Module) -> None:
    """`import runtime` makes a second module whose classes are unequal to the first's, or loads the user's own."""
    bare = {"runtime", "dashboard", "migrations", "templates", "static"}
    wrong = [f"{module.where}:{found.line}" for found in module.imports() if found.name.split(".")[0] in bare]
    assert not wrong, wrong


@pytest.mark.parametrize("module", HOUSE, ids=lambda module: module.name)
def test_pure_modules_touch_no_clock_file_or_database(module: Module) -> None:
    """A fold that reads the clock cannot be replayed: the same journal would make other rows."""
    fitting = [PURE[pattern] for pattern in PURE if fnmatchcase(module.name, pattern)]
    banned = {name for words in fitting for name in words.split()}
    wrong = [
        f"{module.where}:{found.line} imports {found.name}"
        for found in module.imports()
        if found.name.split(".")[0] in banned and not found.typing_only
    ]
    assert not wrong, "\n".join(wrong)
