"""What a signal handler of the program raises goes where it would go without us, whatever of ours it meets."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime.events import OurFault
from tests.support.observed import observed
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
