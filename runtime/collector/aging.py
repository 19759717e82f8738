"""Samples by the second become samples by ten seconds, then by the minute, as they age."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from procscope.runtime.store.writer import Writer

STEPS = ((1, 10, 600), (10, 60, 4 * 3600))
"""from step, to step, and the age in seconds past which it happens."""

Statement = tuple[str, Sequence[Any]]
_SPREAD = {
    "samples": (
        "process_id",
        "cpu, rss, uss, read_bytes, write_bytes, threads, fds, switches",
        "avg(cpu), max(rss), max(uss), max(read_bytes), max(write_bytes), max(threads), max(fds), max(switches)",
    ),
    "pool_samples": ("pool_id", "depth, running, done, failed", "max(depth), max(running), max(done), max(failed)"),
    "channel_samples": (
        "primitive_id",
        "depth, items_in, items_out",
        "max(depth), max(items_in), max(items_out)",
    ),
    "host_samples": (
        "host",
        "cpu, memory_used, memory_total, memory_limit, oom_kills",
        "avg(cpu), max(memory_used), max(memory_total), max(memory_limit), max(oom_kills)",
    ),
}


def rolled_up(table: str, owner: Any, step: int, to_step: int, before_s: int) -> list[Statement]:
    """Statements that fold one owner's samples of `step` seconds from before `before_s` into ones of `to_step`."""
    key, columns, merged = _SPREAD[table]
    end = before_s // to_step * to_step
    where = f"{key} = ? AND step = {step:d} AND at_s < ?"
    bucket = f"at_s - at_s % {to_step:d}"
    return [
        (
            f"INSERT INTO {table} ({key}, step, at_s, {columns}) SELECT {key}, {to_step:d}, {bucket}, {merged}"
            f" FROM {table} WHERE {where} GROUP BY {key}, {bucket} ON CONFLICT DO NOTHING",
            (owner, end),
        ),
        (f"DELETE FROM {table} WHERE {where}", (owner, end)),
    ]


class Aging:
    """Whose samples are due when. Ended processes and pools stay here until theirs are by the minute."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._due: deque[tuple[float, str, Any]] = deque()
        self._known: set[tuple[str, Any]] = set()
        self._next = 0.0
        for table, (key, _, _) in _SPREAD.items():
            for row in writer.fetch(f"SELECT DISTINCT {key} FROM {table} WHERE step < 60"):
                self.follow(table, row[0], 0.0)

    def follow(self, table: str, owner: Any, now: float) -> None:
        """Roll up an owner's samples from time to time; told again, it changes nothing."""
        if (table, owner) not in self._known:
            self._known.add((table, owner))
            self._due.append((now + STEPS[0][2], table, owner))

    def work(self, now: float, live: Iterable[tuple[str, Any]], most: int = 200) -> None:
        """Roll up what is due, a little at a time. Owners that are not `live` leave when nothing is left of them."""
        if now < self._next:
            return
        self._next = now + 1
        alive: set[tuple[str, Any]] | None = None
        statements: list[Statement] = []
        while self._due and self._due[0][0] <= now and most:
            most -= 1
            _, table, owner = self._due.popleft()
            for step, to_step, age in STEPS:
                statements += rolled_up(table, owner, step, to_step, int(now) - age)
            alive = set(live) if alive is None else alive
            self._again(table, owner, now, alive)
        if statements:
            self._writer.execute(statements)

    def _again(self, table: str, owner: Any, now: float, live: set[tuple[str, Any]]) -> None:
        key = _SPREAD[table][0]
        if (table, owner) not in live and not self._writer.fetch(
            f"SELECT 1 FROM {table} WHERE {key} = ? AND step < 60 LIMIT 1", (owner,)
        ):
            self._known.discard((table, owner))
            return
        self._due.append((now + STEPS[0][2], table, owner))
