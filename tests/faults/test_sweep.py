"""Whatever of ours fails inside a program, its results stay and somebody counts; `make faults` tries all the ways."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.faults import tree
from tests.faults.stage_names import NAMES
from tests.faults.sweep import Sweep, Wanted, one_way_each
from tests.support.pythons import Interpreter, present


def _edges() -> list[Interpreter]:
    found = present()
    return [found[0], found[-1]] if len(found) > 1 else list(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("share", "interpreter"), list(enumerate(_edges())), ids=lambda value: getattr(value, "full", "")
)
def test_whatever_of_ours_fails(share: int, interpreter: Interpreter, tmp_path: Path) -> None:
    """A full disk, an interrupt or want of memory inside a hook became the program's failure."""
    faulty = tmp_path / "tree"
    sites = tree.build(faulty)
    sweep = Sweep(interpreter.path, faulty, sites, tmp_path)
    found = sweep.run(NAMES, Wanted(deep=1, pick=partial(one_way_each, share=share, of=len(_edges()))))
    assert sweep.struck > 100, "hardly anything of ours ran: the stages no longer meet the hooks"
    assert not found, "\n".join(map(str, found))


def test_a_place_that_fails_is_found(tmp_path: Path) -> None:
    """An injector that strikes nothing finds nothing wrong: here it must see a call that nobody guards."""
    source = "def start(original):\n    return vars(original).get('x')\n"
    sites: list[tree.Site] = []
    changed = tree.with_strikes(source, "x.py", sites)
    assert [site.what for site in sites] == ["vars(original)", "vars(original).get('x')"]
    assert "__strike__(2, __strike__(1, vars)(original).get)('x')" in changed
    assert "__guards__ = []" in changed
