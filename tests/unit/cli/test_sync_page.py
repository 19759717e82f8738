"""`procscope sync` for people."""

from __future__ import annotations

from typing import Any

from procscope.cli import paper, sync_page
from procscope.runtime.diagnosis import Incident, Level
from procscope.runtime.store.rows import Holder
from procscope.runtime.store.sync_wire import primitive_object
from tests.unit.cli.test_pages import texts
from tests.unit.store.test_sync_wire import WHEN, primitive


def holder(pid: int, what: str = "holds", *, alive: bool = True) -> Holder:
    return Holder(pid, pid, "Process-1", 1, what, WHEN, f"/srv/job.py:{pid} in first", alive)


def row(**values: Any) -> list[str]:
    return [text for text, _ in sync_page.row(primitive_object(primitive(**values)))]


def test_a_line_says_what_it_is_used_for() -> None:
    """'0 times' for a queue through which a million items went."""
    assert row(acquired=1200, contended=3, wait_p95_s=0.003) == [
        "Lock", "a", "job.py:5", "1,200 times", "3", "3.0 ms", "", "open",
    ]  # fmt: skip
    assert row(kind="Queue", items_in=120, items_out=118, depth=2, size=10)[3:] == [
        "120 in, 118 out", "0", "", "", "2 of 10 inside",
    ]  # fmt: skip
    assert row(kind="SharedMemory", size=4096, state="leaked")[-1] == "leaked"


def test_who_holds_and_who_waits_in_words() -> None:
    """The graph is what one reads aloud to a colleague."""
    objects = [
        primitive_object(primitive(name="lock_a", holders=(holder(12),), waiters=(holder(13, "acquire"),))),
        primitive_object(
            primitive(name="lock_b", holders=(holder(13, alive=False),), waiters=(holder(12, "acquire"),))
        ),
    ]
    _, first, _ = texts(sync_page.graph(objects, False))
    assert first == (
        "12 Process-1 holds lock_a (job.py:5, acquired job.py:12 in first) and waits for lock_b (job.py:5) held by 13 †"
        " at job.py:12 in first"
    )
    assert sync_page.graph([primitive_object(primitive())], True) == []


def test_a_dead_holder_is_loud() -> None:
    """Red, in the table."""
    (*_, state) = sync_page.row(primitive_object(primitive(holders=(holder(12, alive=False),))))
    assert state == ("held by 12, which is dead", paper.TROUBLE)


def test_troubles_come_first_with_their_weight() -> None:
    """A warning is yellow."""
    incident = Incident("x", Level.WARNING, "lock_a is waited for", 0, "4f")
    assert sync_page.troubles([incident]) == [[("▲ ", paper.WARNING), ("lock_a is waited for", "")]]
