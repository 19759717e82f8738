"""One shot: a stage of a program, forked from a warm observed interpreter, in which one place of ours fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from procscope.runtime import events
from tests.support.observed import RUN, Told, told_in

ZYGOTE = Path(__file__).parent / "programs" / "zygote.py"
KINDS = ("OSError", "MemoryError", "RecursionError", "KeyboardInterrupt")
RACY = ("ProcessSignalled", "WorkerRetired", "ProcessEnding", "ProcessExited")
"""Facts about the end of workers: which of them there are depends on who is first when a pool is terminated."""
TOLD = (events.OurFault, events.NotObserved)


class Shot(NamedTuple):
    """`site` fails with `kind` in `stage`, once in each process or always."""

    stage: str
    site: int
    kind: str
    mode: str


class Result(NamedTuple):
    """What became of a stage; `code` is None where it had to be ended. `seen`: sites that ran, with their marks."""

    out: str
    err: list[str]
    code: int | None
    hits: int
    seen: list[str]
    told: list[Told]
    damage: str

    def counted(self) -> bool:
        """Whether the data say that something failed."""
        return any(any(told.drops) or any(isinstance(event, TOLD) for event in told.events) for told in self.told)

    def silent(self) -> bool:
        """Whether a process has no journal at all: it can tell nothing, and the collector says so of it."""
        kinds = [(type(event), getattr(event, "process", 0)) for told in self.told for event in told.events]
        started = {uid for kind, uid in kinds if kind is events.ProcessStarted}
        return not kinds or bool(started - {uid for kind, uid in kinds if kind is events.ProcessAlive})

    def facts(self) -> Counter[str]:
        """How many facts of each kind there are."""
        return Counter(type(event).__name__ for told in self.told for event in told.events)


class Zygote:
    """A warm interpreter, observed from the faulty tree or bare; leaves nothing behind but `folder`."""

    def __init__(self, python: str, faulty: Path | None, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("PROCSCOPE_", "PYTHON"))}
        argv = [python, str(ZYGOTE)]
        if faulty is not None:
            (folder / "spool" / RUN).mkdir(parents=True)
            plain |= {"PROCSCOPE_RUN": RUN, "PROCSCOPE_STATE_DIR": str(folder)}
            argv[1:1] = ["-c", boot(faulty)]
        self.observed = faulty is not None
        self._process = subprocess.Popen(
            argv, env=plain, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def fire(self, stage: str, shot: Shot | None = None) -> Result:
        """Run `stage`, with `shot` aimed at it."""
        order: dict[str, Any] = {"stage": stage}
        home = self._folder / str(self._count)
        self._count += 1
        if self.observed:
            (home / "spool" / RUN).mkdir(parents=True)
            order["home"] = str(home)
        if shot is not None:
            order |= {"site": shot.site, "kind": shot.kind, "mode": shot.mode}
        told, damage = [], ""
        answer = self._ask(order)
        if self.observed:
            try:
                told = told_in(home / "spool" / RUN)
            except AssertionError as error:
                damage = f"damaged: {error}"
            shutil.rmtree(home)
        err = sorted(answer["err"].splitlines())
        return Result(answer["out"], err, answer["code"], answer["hits"], answer["seen"], told, damage)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        pipes = self._process
        assert pipes.stdin
        assert pipes.stdout
        pipes.stdin.write(json.dumps(order) + "\n")
        pipes.stdin.flush()
        answer: dict[str, Any] = json.loads(pipes.stdout.readline())
        return answer

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()


def boot(root: Path) -> str:
    """Code that observes the program in sys.argv[1:] from the source tree `root`."""
    return (
        f"import sys; sys.path.insert(0, {str(root)!r}); from procscope.runtime.instrument.boot import run_program; "
        f"sys.path.remove({str(root)!r}); run_program(sys.argv[1:])"
    )


def wrong(shot: Shot, bare: Result, plain: list[Result], seen: Result) -> str:
    """What `seen` did that it may not, '' if nothing: `plain` are runs of it observed with nothing failing."""
    wanted = bare.out
    if shot.kind == "KeyboardInterrupt" and seen.hits:
        _, interrupted, wanted_out = seen.out.partition("interrupted\n")
        if not interrupted:
            return "the interrupt was swallowed" if seen.code == 0 else _ended(bare, seen)
        return "" if (wanted_out, seen.code) == (wanted, 0) else "after it: " + _ended(bare, seen)
    if (seen.out, seen.code, seen.err) != (bare.out, bare.code, bare.err):
        return _ended(bare, seen)
    if seen.damage:
        return seen.damage
    if seen.hits and not (seen.counted() or seen.silent()) and missing(plain, seen):
        return f"not counted, though lost: {dict(missing(plain, seen))}"
    return ""


def missing(plain: list[Result], seen: Result) -> Counter[str]:
    """Facts that each of `plain` has and `seen` has not."""
    always = plain[0].facts()
    for each in plain[1:]:
        always &= each.facts()
    return Counter({kind: n for kind, n in (always - seen.facts()).items() if kind not in RACY})


def _ended(bare: Result, seen: Result) -> str:
    if seen.code is None:
        return "hangs"
    if seen.code != bare.code:
        return f"exit code {seen.code}, not {bare.code}: {' | '.join(seen.err[-6:])[-600:]}"
    if seen.out != bare.out:
        return f"prints {seen.out[-300:]!r}, not {bare.out[-300:]!r}"
    return "stderr: " + " | ".join(line for line in seen.err if line not in bare.err)[:500]
