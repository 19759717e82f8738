"""Samples grow coarser as they age: one a second, then one of ten seconds, then one of a minute.

Averages of CPU, the highest of everything else: memory's peak is what a post-mortem asks for, and cumulative counters
stay cumulative. Readers take whatever steps there are; a period is never there in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Engine, bindparam, text

AGES = ((1, 10, 15 * 60), (10, 60, 6 * 3600))
"""(step, next step, seconds after which): 15 minutes of single seconds, six hours of tens."""
LOOK_BACK_S = 7 * 86400
"""Runs that ended longer ago have been through it."""
AT_ONCE = 100
"""So many processes or pools a transaction."""


class _Kind(NamedTuple):
    table: str
    key: str
    owners: str
    values: tuple[tuple[str, str], ...]


def _highest(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"max({name})") for name in names)


_OF_RUNS = "run_id IN (SELECT id FROM runs WHERE state = 'running' OR finished_us >= :since) ORDER BY id"
_KINDS = (
    _Kind(
        "samples", "process_id", f"SELECT id FROM processes WHERE {_OF_RUNS}",
        (("cpu", "avg(cpu)"), *_highest("rss", "uss", "read_bytes", "write_bytes", "threads", "fds", "switches")),
    ),
    _Kind("pool_samples", "pool_id", f"SELECT id FROM pools WHERE {_OF_RUNS}",
          _highest("depth", "running", "done", "failed")),
    _Kind("host_samples", "host", "SELECT DISTINCT host FROM collectors",
          (("cpu", "avg(cpu)"), *_highest("memory_used", "memory_total", "memory_limit", "oom_kills"))),
)  # fmt: skip


def age_samples(engine: Engine, now_s: int) -> int:
    """Coarsen what is old enough at `now_s` (seconds since the epoch); returns the rows it made fewer.

    For the one that writes the database, about once a minute; idempotent, in short transactions.
    """
    fewer = 0
    for kind in _KINDS:
        with engine.begin() as connection:
            rows = connection.execute(text(kind.owners), _fitting(kind, now_s)).fetchall()
        for owners in _chunks([row[0] for row in rows]):
            with engine.begin() as connection:
                fewer += sum(_age(connection, kind, owners, *age, now_s) for age in AGES)
    return fewer


def _fitting(kind: _Kind, now_s: int) -> dict[str, int]:
    return {"since": (now_s - LOOK_BACK_S) * 1_000_000} if ":since" in kind.owners else {}


def _chunks(owners: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(owners), AT_ONCE):
        yield owners[first : first + AT_ONCE]


def _age(
    connection: Connection, kind: _Kind, owners: Sequence[Any], step: int, coarse: int, seconds: int, now_s: int
) -> int:
    parameters = {"owners": list(owners), "step": step, "before": (now_s - seconds) // coarse * coarse}
    which = f"{kind.key} IN :owners AND step = :step AND at_s < :before"
    names = ", ".join(name for name, _ in kind.values)
    made = ", ".join(expression for _, expression in kind.values)
    insert = f"""INSERT INTO {kind.table} ({kind.key}, step, at_s, {names})
        SELECT {kind.key}, {coarse}, at_s - at_s % {coarse}, {made} FROM {kind.table} WHERE {which}
        GROUP BY {kind.key}, at_s - at_s % {coarse} ON CONFLICT DO NOTHING"""
    expanding: BindParameter[Any] = bindparam("owners", expanding=True)
    added = connection.execute(text(insert).bindparams(expanding), parameters).rowcount
    delete = text(f"DELETE FROM {kind.table} WHERE {which}").bindparams(expanding)
    return int(connection.execute(delete, parameters).rowcount - added)
