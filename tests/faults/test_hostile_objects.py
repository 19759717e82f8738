"""Objects whose every method raises, recurses, sleeps, forks or fills the memory, wherever workers are handed some."""

from __future__ import annotations

from pathlib import Path

import pytest

from procscope.runtime.events import OurFault, PoolOpened, TaskFailed
from tests.support.observed import same
from tests.support.pythons import Interpreter, present

HOSTILE = Path(__file__).parent / "programs" / "hostile.py"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("interpreter", present(), ids=lambda found: found.full)
def test_no_method_of_the_programs_objects_is_called_by_us(interpreter: Interpreter, tmp_path: Path) -> None:
    """A `__class__` property that raised ended a worker's thread; the program prints how often each was called."""
    seen = same(tmp_path, interpreter.path, str(HOSTILE))
    assert not seen.err
    assert not seen.all(OurFault)
    assert len(seen.all(PoolOpened)) > 5
    assert {failed.raised.type for failed in seen.all(TaskFailed)} >= {"BadError", "BadOSError", "ValueError"}
