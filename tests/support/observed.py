"""Programs run twice, bare and observed, and everything the observed one said."""

from __future__ import annotations

import os
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from procscope.runtime.events import Event
from procscope.runtime.journal.layout import Header, Slot
from procscope.runtime.journal.reader import Segment, scan
from tests.support.journals import read_all

ROOT = Path(__file__).parents[2]
METHODS = ("fork", "spawn", "forkserver")
RUN = "abcdefabcdef"
BOOT = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from procscope.runtime.instrument.boot import run_program; "
    f"sys.path.remove({str(ROOT)!r}); run_program(sys.argv[1:])"
)
E = TypeVar("E")


class Told(NamedTuple):
    """One segment's worth of news."""

    header: Header
    events: list[Event]
    slot: Slot | None
    drops: tuple[int, ...]


class Outcome(NamedTuple):
    """How a program left and what it printed, bare or observed; `told` is empty for the bare one."""

    code: int
    out: str
    err: str
    told: list[Told]

    def all(self, kind: type[E]) -> list[E]:
        """Every event of that type, of all processes."""
        return [event for told in self.told for event in told.events if isinstance(event, kind)]

    def one(self, kind: type[E], /, **fields: Any) -> E:
        """The only event of that type with those fields."""
        found = [e for e in self.all(kind) if all(getattr(e, name) == value for name, value in fields.items())]
        assert len(found) == 1, f"{len(found)} {kind.__name__} with {fields}: {found}"
        return found[0]


def write(folder: Path, source: str, name: str = "job.py") -> Path:
    """A script with dedented `source`."""
    path = folder / name
    path.write_text(textwrap.dedent(source))
    return path


def bare(python: str, words: Sequence[str], **more: str) -> Outcome:
    """The program as it is without us."""
    return _run([python, *words], _environment(more), [])


def observed(folder: Path, python: str, words: Sequence[str], **more: str) -> Outcome:
    """The program observed from a source tree; what it wrote lies in `folder`/spool."""
    run = folder / "spool" / RUN
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    more = {"PROCSCOPE_STATE_DIR": str(folder), "PROCSCOPE_RUN": RUN, **more}
    done = _run([python, "-c", BOOT, *words], _environment(more), [])
    return done._replace(told=told_in(run))


def begun(folder: Path, python: str, words: Sequence[str], **more: str) -> subprocess.Popen[str]:
    """The same program, still running and in a session of its own; its run's directory is `folder`/spool/RUN."""
    (folder / "spool" / RUN).mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = _environment({"PROCSCOPE_STATE_DIR": str(folder), "PROCSCOPE_RUN": RUN, **more})
    argv = [python, "-c", BOOT, *words]
    return subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)


def same(folder: Path, python: str, *words: str, **more: str) -> Outcome:
    """The observed outcome, having checked that output and exit code are those of the bare run."""
    plain = bare(python, words)
    seen = observed(folder, python, words, **more)
    assert (seen.out, seen.code) == (plain.out, plain.code), seen.err
    return seen


def told_in(run: Path) -> list[Told]:
    """Everything the run's segments say; a record that makes no sense is an error here."""
    told = []
    for path in sorted(scan(str(run))):
        segment = Segment.open(path)
        events, damaged = read_all(segment)
        assert not damaged, path
        told.append(Told(segment.header, events, segment.slot(), segment.drops()))
        segment.close()
    return told


def _environment(more: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", "PYTHONPATH"))}
    return {**plain, **more}


def _run(argv: list[str], environment: dict[str, str], told: list[Told]) -> Outcome:
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=110)
    return Outcome(done.returncode, done.stdout, done.stderr, told)
