"""The tree's words for pools that wear out workers, for orphans and for zombies."""

from __future__ import annotations

from procscope.dashboard.presenters import nodes
from tests.unit.dashboard.test_presenters import NOW, pool, process


def test_an_orphan_is_said_while_it_lives_and_after() -> None:
    """A worker whose parent had been killed looked like any idle one."""
    orphan = process(2, orphaned_us=NOW)
    assert nodes.ending(orphan) == "orphaned: its parent has ended"
    assert nodes.ending(process(2, state="finished", orphaned_us=NOW)) == "it outlived its parent"


def test_a_zombie_is_said_with_how_it_ended() -> None:
    """A child that nobody joined was shown as ended and nothing else."""
    dead = process(2, state="killed", signal=9, zombie_us=NOW)
    assert nodes.ending(dead) == "killed by SIGKILL; a zombie: its parent has not reaped it"
    assert nodes.process_node(dead, "abc", stuck=False, at=None)["zombie_since"] is not None


def test_a_pool_says_what_it_wore_out() -> None:
    """Forty dead workers under a pool with maxtasksperchild looked like trouble."""
    node = nodes.pool_node(pool(9, process_id=1, retired={"maxtasks": 40}), None)
    assert node["worn"] == "40 workers gone: 40 after as many tasks as they may"
