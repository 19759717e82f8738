"""Processes that outlive their parent, and dead ones that theirs does not ask after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from procscope.runtime.diagnosis.facts import Facts, Orphan, Zombies
from procscope.runtime.diagnosis.incidents import Incident, Level
from procscope.runtime.diagnosis.words import several, signal_name

SETTLED_US = 2_000_000
"""Who has no parent for less long may be on its way out."""
MANY = 20
"""Fewer zombies than this are a parent that has not come round to joining them."""
_NAMED = 5


def left_behind(facts: Facts) -> Iterator[Incident]:
    """An incident for each dead parent whose children live on, and for each that lets many lie unreaped."""
    yield from _orphans(facts)
    yield from (_unreaped(zombies) for zombies in facts.zombies if zombies.n >= MANY)


def _orphans(facts: Facts) -> Iterator[Incident]:
    groups: dict[tuple[str, int], list[Orphan]] = defaultdict(list)
    for orphan in facts.orphans:
        if facts.as_of_us - orphan.since_us >= SETTLED_US:
            groups[orphan.run, orphan.parent_id].append(orphan)
    for (run, parent_id), group in groups.items():
        group.sort(key=lambda orphan: orphan.process_id)
        first = group[0]
        text = f"{_who(group)} on although {_parent(first, len(group))}"
        yield Incident(
            f"orphans:{parent_id}", Level.WARNING, text, first.since_us, run, None, first.process_id, first.pid
        )  # fmt: skip


def _who(group: list[Orphan]) -> str:
    kinds = {orphan.kind for orphan in group}
    kind = kinds.pop() if len(kinds) == 1 else "process"
    if len(group) == 1:
        return f"{kind} {group[0].pid} lives"
    pids = ", ".join(str(orphan.pid) for orphan in group[:_NAMED]) + ", …" * (len(group) > _NAMED)
    return f"{len(group):,} {'processes' if kind == 'process' else kind + 's'} ({pids}) live"


def _parent(orphan: Orphan, n: int) -> str:
    whose = "its" if n == 1 else "their"
    if orphan.parent_signal:
        how = f"was killed ({signal_name(orphan.parent_signal)})"
    else:
        how = "has ended" + (f" with exit code {orphan.parent_code}" if orphan.parent_code else "")
    return f"{whose} parent, {_called(orphan.parent_kind)} {orphan.parent_pid}, {how}"


def _called(kind: str) -> str:
    return kind if kind in ("main", "worker", "manager") else "process"


def _unreaped(zombies: Zombies) -> Incident:
    dead = several(zombies.n, "dead child").replace("childs", "children")
    text = f"{_called(zombies.parent_kind)} {zombies.parent_pid} does not reap {dead}: join() them"
    return Incident(
        f"zombies:{zombies.parent_id}", Level.WARNING, text, zombies.since_us, zombies.run, None, zombies.parent_id,
        zombies.parent_pid,
    )  # fmt: skip
