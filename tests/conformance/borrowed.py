"""test_concurrent_futures for the Pythons that come without it: Debian's of the same version, else a neighbour's.

A borrowed suite need not pass: it is run bare as well, and only what ends otherwise under observation counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.support.imports import ROOT
from tests.support.pythons import Interpreter, present

NAMES = ("test_concurrent_futures.py", "test_concurrent_futures")
KEPT = ROOT / ".conformance"
DEBIAN = (Path("/usr/lib"), KEPT / "debian" / "usr" / "lib")
"""Where `libpython3.11-testsuite` is when it is installed, and where `.ci/testsuite` unpacks it."""


class Lender(NamedTuple):
    """A folder of tests and whose it is."""

    folder: Path
    whose: str
    minor: int


def standard_tests(interpreter: Interpreter) -> Path:
    """The folder of the `test` package that `interpreter` came with."""
    major, minor = interpreter.version
    return Path(interpreter.path).resolve().parents[1] / "lib" / f"python{major}.{minor}" / "test"


def lender(interpreter: Interpreter) -> Lender | None:
    """Who has the suite for `interpreter`: itself, the same version, the nearest older, the nearest newer one."""
    wanted = interpreter.version[1]
    having = [lent for lent in _lenders() if any((lent.folder / name).exists() for name in NAMES)]
    own = [lent for lent in having if lent.folder == standard_tests(interpreter)]
    return min(own or having, key=lambda lent: (lent.minor > wanted, abs(lent.minor - wanted)), default=None)


def _lenders() -> list[Lender]:
    own = [Lender(standard_tests(found), f"CPython {found.full}", found.version[1]) for found in present()]
    packaged = [(folder / f"python3.{minor}" / "test", minor) for folder in DEBIAN for minor in range(10, 15)]
    return own + [Lender(path, f"Debian's 3.{minor} test suite", minor) for path, minor in packaged]


def merge(interpreter: Interpreter, lent: Lender, folder: Path) -> None:
    """Make `folder`/test: the interpreter's own test package with the borrowed suite beside it, all by links."""
    target = folder / "test"
    target.mkdir(parents=True)
    for path in standard_tests(interpreter).iterdir():
        (target / path.name).symlink_to(path)
    for path in (lent.folder / name for name in NAMES):
        if path.exists() and not (target / path.name).exists():
            (target / path.name).symlink_to(path)
