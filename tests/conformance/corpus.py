"""The corpus: small programs, each run bare and observed, and everything about them that must be the same."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.conformance import journals
from tests.conformance.harness import ConformanceError, Harness
from tests.conformance.journals import Told
from tests.conformance.suites import METHODS

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("[!_]*.py"))
OPTIONS = {"warnings_as_errors": ("-W", "error"), "dev_mode": ("-X", "dev")}
LATE = frozenset({"imported_before"})
"""Programs that begin the observation themselves."""
SECONDS = 60
SINCE = {"tracebacks": (3, 11)}
"""Programs that show what up to the Python before cannot be hidden: a frame."""
_NOISE = (
    (re.compile(r"0x[0-9a-f]+"), "0x"),
    (re.compile(r"\b(pid[= ]|parent=|process |Thread-)\d+"), r"\1N"),
    (re.compile(r"\b(psm|wnsm)_[0-9a-z]+"), r"\1_N"),
    (re.compile(r"repeated \d+ more times"), "repeated more times"),
    (re.compile(r"pym-\d+-\w+"), "pym-N"),
    (re.compile(r"/mp-[0-9a-z_]+"), "/mp-N"),
    (re.compile(r"(/tmp[a-z]*)/[\w./-]+/"), r"\1/"),
)
_FRAME = re.compile(r'  File "[^"]*/runtime/instrument/[^"]*", line \d+, in .*\n(    .*\n)?')


class Ended(NamedTuple):
    """What a program did: `err` are the lines of stderr, in no order since several processes may write them.

    `left` are command lines of processes that outlived it, `census` its threads and descriptors at the very end
    (None if it ended without exit handlers).
    """

    code: int | None
    out: str
    err: dict[str, int]
    left: list[str]
    census: object


def pairs(version: tuple[int, int] = sys.version_info[:2]) -> list[tuple[str, str]]:
    """Every program of that Python with every start method."""
    names = [name for name in PROGRAMS if SINCE.get(name, version) <= version]
    return [(name, method) for name in names for method in METHODS]


def prepare(harness: Harness) -> None:
    """Give the harness's environment the census."""
    shutil.copy(HERE / "census.py", harness.packages)
    (harness.packages / "census.pth").write_text('import os; "CENSUS" in os.environ and __import__("census")\n')


def bare(harness: Harness, program: str, method: str) -> Ended:
    """The program without us."""
    return _run(harness, program, method, {})


def observed(harness: Harness, program: str, method: str) -> tuple[Ended, Told]:
    """The program under observation as `procscope run` begins it, and what was seen."""
    with harness.spool() as variables:
        if program in LATE:
            key = variables["PROCSCOPE_RUN"]
            variables = {name: value for name, value in variables.items() if value != key} | {"LATE_RUN": key}
        ended = _run(harness, program, method, variables)
        told = journals.told(Path(variables["PROCSCOPE_STATE_DIR"]))
    if not told.processes:
        raise ConformanceError(f"{program} left no journal: nothing was observed")
    return ended, told


def _run(harness: Harness, program: str, method: str, variables: Mapping[str, str]) -> Ended:
    folder = Path(tempfile.mkdtemp(dir=harness.folder))
    script = [*OPTIONS.get(program, ()), HERE / "programs" / f"{program}.py", method]
    argv = [sys.executable, "-S", HERE / "witness.py", folder / "report", str(SECONDS), harness.python, *script]
    with open(folder / "out", "ab") as out, open(folder / "err", "ab") as err:
        subprocess.run(
            argv,
            cwd=folder,
            env=harness.environment({**variables, "CENSUS": str(folder / "census")}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            check=True,
        )
    ended = _read(folder, hidden=harness.interpreter.version >= (3, 11))
    shutil.rmtree(folder)
    return ended


def _read(folder: Path, *, hidden: bool) -> Ended:
    """Up to Python 3.10 a frame cannot be `hidden` from a traceback: there ours are taken out."""
    report = json.loads((folder / "report").read_text())
    census = json.loads(_plain((folder / "census").read_text())) if (folder / "census").exists() else None
    out, err = ((folder / name).read_text(errors="replace") for name in ("out", "err"))
    out, err = _plain(out), _plain(err if hidden else _FRAME.sub("", err))
    return Ended(report["code"], out, dict(Counter(err.splitlines())), report["left"], census)


def _plain(text: str) -> str:
    """`text` without what is new each time: addresses, pids, random names and folders."""
    for pattern, word in _NOISE:
        text = pattern.sub(word, text)
    return text


def differences(bare: Ended, observed: Ended) -> list[str]:
    """What is not the same, a line each."""
    named = zip(Ended._fields, bare, observed, strict=True)
    return [_difference(name, one, other) for name, one, other in named if one != other]


def _difference(name: str, one: object, other: object) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = ({k: v for k, v in a.items() if b.get(k) != v} for a, b in ((one, other), (other, one)))
    if isinstance(one, str) and isinstance(other, str):
        changed = difflib.ndiff(one.splitlines(), other.splitlines())
        return "\n".join([f"{name}, - bare, + observed:", *(line for line in changed if line[0] in "-+")])
    return f"{name}: bare {one!r}, observed {other!r}"
