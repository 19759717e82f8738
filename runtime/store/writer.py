"""Writing: all rows of one transaction, the offsets of the journals they came from, and the rollups, together.

Only collectors write here. Plain SQL on the driver's own executemany: compiled constructs take twice as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Engine, Table

from procscope.runtime.errors import StoreError
from procscope.runtime.store import schema
from procscope.runtime.store.statements import Statements

Row = tuple[Any, ...]
Step = tuple[str, list[Row]]

_COUNTERS = ("n", "busy_us", "wait_us", "arrived", "transfer_us", "bytes_in", "bytes_out")
_FIRST_BLOCK, _LARGEST_BLOCK = 256, 16_384
_WHOLE = {
    "runs": schema.runs,
    "processes": schema.processes,
    "pools": schema.pools,
    "batches": schema.batches,
    "primitives": schema.primitives,
}


def _getter(table: Table) -> attrgetter[Any]:
    return attrgetter(*(column.name for column in table.c if column.name != "rev"))


class Writer:
    """One collector's way into the database. Not thread-safe. Every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.skipped = 0
        self._sql = Statements(engine.dialect.name)
        self._ids = {table.name: Ids(self, table) for table in schema.metadata.sorted_tables if "id" in table.c}
        self._rows_of = {name: _getter(table) for name, table in _WHOLE.items()}

    def next_id(self, table: str) -> int:
        """A new id of a table; ids grow and are never given twice."""
        return next(self._ids[table])

    @property
    def task_ids(self) -> Iterator[int]:
        """New ids of tasks."""
        return iter(self._ids["tasks"])

    def write(self, changes: Any) -> int:
        """Commit `changes` (collector.fold.changes.Changes) whole or not at all; returns the transaction's rev.

        What the database does not take although it works (a number out of range, text that is no Unicode) is cleaned
        or, at worst, left out and counted in `skipped`: a hostile journal must not hold up the others.
        """
        try:
            with self.engine.begin() as connection:
                rev = self._rev(connection)
                for statement, rows in self._plan(changes, rev):
                    connection.exec_driver_sql(statement, rows)
            return rev
        except StoreError:
            raise
        except Exception:
            return self._write_carefully(changes)

    def _write_carefully(self, changes: Any) -> int:
        with self.engine.begin() as connection:
            rev = self._rev(connection)
            for statement, rows in self._plan(changes, rev):
                for row in rows:
                    self._write_row(connection, statement, tuple(map(_cleaned, row)))
        return rev

    def _write_row(self, connection: Connection, statement: str, row: Row) -> None:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(statement, row)
        except StoreError:
            raise
        except Exception:
            self.skipped += 1

    def _plan(self, changes: Any, rev: int) -> list[Step]:
        sql = self._sql
        steps: list[Step] = [(sql.insert(schema.functions), changes.functions)]
        for name, rows_of in self._rows_of.items():
            things = getattr(changes, name)
            steps.append((sql.upsert(_WHOLE[name], rev), [rows_of(thing) for thing in things if thing.id]))
        steps += [
            (sql.insert(schema.tasks, rev), changes.tasks),
            (sql.update_tasks(rev), changes.updates),
            (sql.update_arrivals(rev), changes.arrivals),
            (sql.update_progress(rev), changes.progress),
            (sql.insert(schema.logs, rev), changes.logs),
            (sql.insert(schema.failures, rev), changes.failures),
            (sql.delete(schema.processes), changes.processes_gone),
            (sql.upsert(schema.open_chunks), [(*key, *value) for key, value in changes.chunks.items()]),
            (sql.delete(schema.open_chunks), changes.chunks_done),
            (sql.add(schema.task_rollups, *_COUNTERS), list(changes.rollups.counts())),
            (sql.add(schema.duration_rollups, "n"), list(changes.rollups.durations())),
            (sql.add_drops(), [(*key, *value) for key, value in changes.drops.items()]),
            (sql.upsert(schema.journals), changes.journals),
            (sql.delete(schema.journals), changes.journals_gone),
            (sql.upsert(schema.samples), changes.samples),
            (sql.upsert(schema.pool_samples), changes.pool_samples),
            (sql.upsert(schema.host_samples), changes.host_samples),
            (sql.upsert(schema.primitive_uses, rev), changes.uses),
            (sql.delete(schema.holds), changes.holds_gone),
            (sql.upsert(schema.holds, rev), changes.holds),
            (sql.upsert(schema.channel_samples), changes.channel_samples),
            (sql.upsert(schema.collectors), changes.collectors),
        ]
        return [(statement, rows) for statement, rows in steps if rows]

    def _rev(self, connection: Connection) -> int:
        return self._grow(connection, "rev", 1)

    def _grow(self, connection: Connection, name: str, n: int) -> int:
        """Raise a sequence by `n`; returns the highest number handed out so far."""
        connection.exec_driver_sql(self._sql.grow, (name, n))
        return int(connection.exec_driver_sql(self._sql.sequence, (name,)).scalar_one())

    def reserve(self, table: Table, n: int, *, first: bool) -> range:
        """`n` ids nobody else gets. The `first` time, also beyond whatever the table holds already."""
        with self.engine.begin() as connection:
            if first:
                held = connection.exec_driver_sql(f"SELECT max(id) FROM {table.name}").scalar() or 0
                known = connection.exec_driver_sql(self._sql.sequence, (table.name,)).scalar() or 0
                if held > known:
                    self._grow(connection, table.name, held - known)
            last = self._grow(connection, table.name, n)
        return range(last - n + 1, last + 1)

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query whose parameters are written as `?`."""
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql(self._sql.spelled(statement), tuple(values)))

    def execute(self, statements: Iterable[tuple[str, Sequence[Any]]]) -> None:
        """Statements in one transaction; parameters written as `?`."""
        with self.engine.begin() as connection:
            for statement, values in statements:
                connection.exec_driver_sql(self._sql.spelled(statement), tuple(values))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


class Ids:
    """Ids of one table, reserved in blocks that grow with use."""

    def __init__(self, writer: Writer, table: Table) -> None:
        self._writer = writer
        self._table = table
        self._ids = self._blocks()

    def __iter__(self) -> Iterator[int]:
        return self._ids

    def __next__(self) -> int:
        try:
            return next(self._ids)
        except StopIteration:  # a generator that raised is at its end: the next caller begins a new one
            self._ids = self._blocks()
            return next(self._ids)

    def _blocks(self) -> Iterator[int]:
        size, first = _FIRST_BLOCK, True
        while True:
            yield from self._writer.reserve(self._table, size, first=first)
            size, first = min(size * 2, _LARGEST_BLOCK), False


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if isinstance(value, int):
        return max(-(2**63), min(value, 2**63 - 1))
    return value if value is None or isinstance(value, (float, bytes)) else str(value)
