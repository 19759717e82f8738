"""Small programs, one idiom each, bare and observed: not a byte, a code, a frame, a process or a descriptor differs.

On this Python here, on the others in `make conformance`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance import corpus, judged
from tests.conformance.harness import Harness
from tests.conformance.judged import Compared
from tests.support.pythons import interpreter

VERSION = ".".join(map(str, sys.version_info[:2]))
_TEST = "test_a_program_is_the_same_observed"
Answers = dict[tuple[str, str], Future[Compared]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Answers]:
    """The chosen programs, two at a time in the order of the tests; each test waits for its own."""
    chosen = {item.name for item in request.session.items}
    harness = Harness(interpreter(VERSION), tmp_path_factory.mktemp("corpus"))
    corpus.prepare(harness)
    with ThreadPoolExecutor(2) as two:
        yield {
            pair: two.submit(judged.compare, harness, *pair)
            for pair in corpus.pairs()
            if f"{_TEST}[{'-'.join(pair)}]" in chosen
        }
        two.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("program", "method"), corpus.pairs())
def test_a_program_is_the_same_observed(answers: Answers, program: str, method: str) -> None:
    """Each program's docstring says what broke there once, or could."""
    found = answers[program, method].result()
    assert not found.differences, "\n".join(found.differences)
    assert not found.told.faults, found.told.faults


def test_sixty_programs_each_say_what_they_are_for() -> None:
    """A program without its reason is deleted by the next one who finds it slow."""
    assert len(corpus.PROGRAMS) >= 60
    for name in corpus.PROGRAMS:
        source = (Path(__file__).parent / "programs" / f"{name}.py").read_text()
        assert source.startswith('"""'), name
        assert len(source.splitlines()) <= 150, name
