"""What a signal handler of the program raises goes where it would go without us, whatever of ours it meets."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime.events import OurFault
from tests.support.observed import bare, observed
from tests.support.pythons import Interpreter, present

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("interpreter", present(), ids=lambda found: found.full)
def test_no_alarm_is_swallowed(interpreter: Interpreter, tmp_path: Path) -> None:
    """TimeoutError is an OSError: our journal took one for a full disk, and the job hung."""
    seen = observed(tmp_path, interpreter.path, [str(PROGRAMS / "alarms.py")])
    assert (seen.out, seen.code) == ("swallowed 0\n[3, 4] 5\n", 0), seen.err
    assert not seen.all(OurFault), "what the program threw in was taken for a fault of ours"
    assert not sum(sum(told.drops) for told in seen.told)


@pytest.mark.parametrize("interpreter", present(), ids=lambda found: found.full)
def test_at_the_end_of_the_stack_we_cost_a_few_frames(interpreter: Interpreter, tmp_path: Path) -> None:
    """A recursive program whose hook hit the limit got an error that it would not have had, and a lock was kept."""
    words = [str(PROGRAMS / "deep.py")]
    plain, seen = bare(interpreter.path, words), observed(tmp_path, interpreter.path, words)
    assert (seen.code, seen.err) == (plain.code, plain.err) == (0, "")
    for before, after in zip(plain.out.splitlines(), seen.out.splitlines(), strict=True):
        name, depth, result = before.split(" ", 2)
        assert (name, result) == (after.split(" ", 2)[0], after.split(" ", 2)[2])
        # Six of these are the bootstrap's, which a program started by the start-up file does not have.
        assert int(after.split()[1]) >= int(depth) - 10, (before, after)
    assert not seen.all(OurFault), "for want of stack nothing is switched off"
