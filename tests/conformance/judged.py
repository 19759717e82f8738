"""The corpus judged: each program both ways, again where something differs, and all of them as one suite."""

from __future__ import annotations

import functools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.conformance import corpus
from tests.conformance.harness import Harness
from tests.conformance.journals import Told
from tests.conformance.verdict import AGAIN, REAL, Doubt, Verdict

NAME = "programs"
Pair = tuple[str, str]


class Compared(NamedTuple):
    """What differed in each of the runs that were not the same (of one run, or of three); `told` is of the last."""

    differing: list[list[str]]
    told: Told

    @property
    def differences(self) -> list[str]:
        """What came two times of three."""
        return self.differing[0] if len(self.differing) >= REAL else []


def compare(harness: Harness, program: str, method: str) -> Compared:
    """Run it both ways; if something differs, twice more."""
    differing: list[list[str]] = []
    for _ in range(AGAIN):
        plain = corpus.bare(harness, program, method)
        seen, told = corpus.observed(harness, program, method)
        if found := corpus.differences(plain, seen):
            differing.append(found)
        elif not differing:
            break
    return Compared(differing, told)


def of(harness: Harness) -> Verdict:
    """All programs on the harness's Python, two at a time."""
    began = time.monotonic()
    corpus.prepare(harness)
    pairs = corpus.pairs(harness.interpreter.version)
    with ThreadPoolExecutor(2) as two:
        found = dict(zip(pairs, two.map(functools.partial(_one, harness), pairs), strict=True))
    doubts = [_doubt(pair, compared) for pair, compared in found.items() if compared.differing]
    told = Told(sum(each.told.processes for each in found.values()), Counter(), Counter())
    for compared in found.values():
        told.faults.update(compared.told.faults)
    return Verdict(len(pairs), len(pairs) - len(doubts), doubts, Counter(), time.monotonic() - began, told)


def _one(harness: Harness, pair: Pair) -> Compared:
    return compare(harness, *pair)


def _doubt(pair: Pair, compared: Compared) -> Doubt:
    times = Counter(same=AGAIN - len(compared.differing), different=len(compared.differing))
    first = "; ".join(compared.differing[0]).replace("\n", " ")[:600]
    return Doubt(" ".join(pair), first, Counter(run=AGAIN), times, len(compared.differing))
