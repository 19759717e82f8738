"""The writer's SQL: what SQLite and PostgreSQL both speak, with each one's mark for a parameter.

`rev` is written into the text and not bound: rows are built before their transaction has its number.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Table

_UPDATED = ("process_id", "thread", "args", "started_us", "finished_us", "duration_us", "failure_id", "reason")
_SPLIT = ("arrived_us", "bytes_in", "bytes_out")
_REPLACED = ("finished_us", "duration_us", "reason")


class Statements:
    """SQL for one dialect, `sqlite` or `postgresql`."""

    def __init__(self, dialect: str) -> None:
        self._mark = "?" if dialect == "sqlite" else "%s"
        self.grow = self.spelled(
            "INSERT INTO sequences (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = sequences.value + excluded.value"
        )
        self.sequence = self.spelled("SELECT value FROM sequences WHERE name = ?")
        self.upsert = lru_cache(64)(self._upsert)
        self.delete = lru_cache(8)(self._delete)

    def spelled(self, statement: str) -> str:
        """A statement whose parameters are `?`, as this dialect's driver wants it."""
        return statement if self._mark == "?" else statement.replace("?", self._mark)

    def insert(self, table: Table, rev: int | None = None) -> str:
        """All columns in their order; `rev` as given."""
        return f"INSERT INTO {table.name} ({_names(table)}) VALUES ({self._values(table, rev)})"

    def _upsert(self, table: Table, rev: int | None = None) -> str:
        keys = [column.name for column in table.primary_key]
        sets = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.c if c.name not in keys)
        return f"{self.insert(table, rev)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"

    def add(self, table: Table, *counters: str) -> str:
        """Counters are added to what is there."""
        keys = ", ".join(column.name for column in table.primary_key)
        sets = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in counters)
        return f"{self.insert(table)} ON CONFLICT ({keys}) DO UPDATE SET {sets}"

    def add_drops(self) -> str:
        """Counts are added, the first time stays."""
        return self.spelled(
            "INSERT INTO drops (run_id, process_id, reason, n, first_us, last_us) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (run_id, process_id, reason)"
            " DO UPDATE SET n = drops.n + excluded.n, last_us = excluded.last_us"
        )

    def update_tasks(self, rev: int) -> str:
        """By id, in the order of fold.changes.TaskUpdate; what is not known (NULL) leaves what was."""
        names = _UPDATED + _SPLIT
        sets = ", ".join(f"{name} = ?" if name in _REPLACED else f"{name} = COALESCE(?, {name})" for name in names)
        return self.spelled(f"UPDATE tasks SET state = ?, {sets}, rev = {rev:d} WHERE id = ?")

    def update_arrivals(self, rev: int) -> str:
        """The split of tasks whose rows are written, by id."""
        sets = ", ".join(f"{name} = COALESCE(?, {name})" for name in _SPLIT)
        return self.spelled(f"UPDATE tasks SET {sets}, rev = {rev:d} WHERE id = ?")

    def update_progress(self, rev: int) -> str:
        """How far tasks are, by id."""
        sets = "progress_done = ?, progress_total = ?, progress_text = ?"
        return self.spelled(f"UPDATE tasks SET {sets}, rev = {rev:d} WHERE id = ?")

    def _delete(self, table: Table) -> str:
        return self.spelled(
            f"DELETE FROM {table.name} WHERE " + " AND ".join(f"{column.name} = ?" for column in table.primary_key)
        )

    def _values(self, table: Table, rev: int | None) -> str:
        return ", ".join(f"{rev:d}" if column.name == "rev" else self._mark for column in table.c)


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.c)
