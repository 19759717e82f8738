"""Every place of ours fails in turn, in every way: `make faults`, or a part of it.

python -m tests.faults [--python 3.12]… [--stage pool_maps]… [--kind OSError]… [--deep N] [--file hooks/pool.py]
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from tests.faults.shots import KINDS, Result, Shot, Zygote, wrong
from tests.faults.tree import Site

MODES = ("once", "always")
UNTOLD = ("_forked", "Board.forked")
"""Functions whose failure leaves nobody in a child of fork to tell it: it works on unobserved."""


class Wanted(NamedTuple):
    """Which part of all shots: `deep` is the number of stages a site is shot in, `file` a part of its path."""

    stages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    modes: tuple[str, ...] = MODES
    deep: int = 2
    file: str = ""
    pick: Callable[[list[Shot], dict[int, Site]], list[Shot]] = lambda shots, _: shots


class Finding(NamedTuple):
    """A shot after which the program was not the same, or that nobody counted."""

    shot: Shot
    site: Site
    what: str

    def __str__(self) -> str:
        return f"{self.site}\n      {self.shot.kind} {self.shot.mode} in {self.shot.stage}: {self.what}"


class Sweep:
    """All shots of one Python from a faulty tree, `lanes` at a time."""

    def __init__(self, python: str, faulty: Path, sites: dict[int, Site], folder: Path, lanes: int = 2) -> None:
        self._python = python
        self._faulty = faulty
        self._sites = sites
        self._folder = folder
        self._lanes = lanes
        self.findings: list[Finding] = []
        self.tell: Callable[[Finding], object] = lambda _: None
        """Told each finding at once."""
        self.fired = self.struck = 0
        self.covered: set[int] = set()

    def run(self, names: list[str], wanted: Wanted) -> list[Finding]:
        """Fire; the findings in the order of their sites."""
        bare, plain = self._references(names)
        shots = iter(wanted.pick(list(self._shots(plain, wanted)), self._sites))
        lock = threading.Lock()

        def lane(number: int) -> None:
            with Zygote(self._python, self._faulty, _made(self._folder / f"lane{number}")) as zygote:
                while True:
                    with lock:
                        shot = next(shots, None)
                    if shot is None:
                        return
                    self._judge(shot, bare[shot.stage], plain[shot.stage], zygote)

        threads = [threading.Thread(target=lane, args=(number,)) for number in range(self._lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self.findings, key=lambda finding: finding.shot[1:])

    def _judge(self, shot: Shot, bare: Result, plain: list[Result], zygote: Zygote) -> None:
        self.fired += 1
        for _ in range(2):  # what happens once in two is a busy machine's doing
            seen = zygote.fire(shot.stage, shot)
            fault = wrong(shot, bare, plain, seen)
            if not fault or (fault.startswith("not counted") and self._sites[shot.site].function in UNTOLD):
                break
        else:
            self.findings.append(finding := Finding(shot, self._sites[shot.site], fault))
            self.tell(finding)
        if seen.hits:
            self.struck += 1
            self.covered.add(shot.site)

    def _references(self, names: list[str]) -> tuple[dict[str, Result], dict[str, list[Result]]]:
        with (
            Zygote(self._python, None, _made(self._folder / "bare")) as bare,
            Zygote(self._python, self._faulty, _made(self._folder / "plain")) as observed,
        ):
            plainly = {name: bare.fire(name) for name in names}
            # Three times: some facts depend on who is first when a pool is terminated.
            seen = {name: [observed.fire(name) for _ in range(3)] for name in names}
        for name, each in [(wanted, each) for wanted in names for each in seen[wanted]]:
            assert (plainly[name].out, plainly[name].code) == (each.out, each.code), name
        return plainly, seen

    def _shots(self, plain: dict[str, list[Result]], wanted: Wanted) -> Iterator[Shot]:
        where: dict[int, list[str]] = {}
        marks: dict[int, set[str]] = {}
        for name, results in plain.items():
            for mark in {mark for result in results for mark in result.seen}:
                number = int(mark[:-2])
                where.setdefault(number, []).append(name)
                marks.setdefault(number, set()).add(mark[-2:])
        for number in sorted(where):
            if wanted.file in self._sites[number].file:
                kinds = [kind for kind in wanted.kinds if _can(kind, marks[number])]
                for kind, mode, name in itertools.product(kinds, wanted.modes, where[number][: wanted.deep]):
                    if kind != "KeyboardInterrupt" or mode == "once":
                        yield Shot(name, number, kind, mode)


def one_way_each(shots: list[Shot], sites: dict[int, Site], share: int = 1, of: int = 1) -> list[Shot]:
    """Each place struck in one way, which a checksum of its text picks; `share` of `of` such parts."""
    ways: dict[int, list[Shot]] = {}
    for shot in shots:
        ways.setdefault(shot.site, []).append(shot)
    picked = []
    for number, each in ways.items():
        pick = crc32(str(sites[number]._replace(number=0, line=0)).encode())
        if pick % of == share % of:
            picked.append(each[pick // of % len(each)])
    return picked


def _can(kind: str, marks: set[str]) -> bool:
    """Marks: - a call of others, + of ours, * of a guard of ours; m in the main thread, o elsewhere."""
    if all(mark[0] == "*" for mark in marks):
        return False
    if kind == "KeyboardInterrupt":
        return any(mark[1] == "m" for mark in marks)
    return kind != "OSError" or any(mark[0] == "-" for mark in marks)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
