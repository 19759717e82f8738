"""The book a seeded picture is written in: ids, rows by table, and the rollups that follow from its tasks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table

from procscope.runtime import sketch
from procscope.runtime.events import State
from procscope.runtime.store import schema

CHUNK = 50_000

TASK_COLUMNS = (
    "id", "run_id", "pool_id", "batch_id", "item_index", "number", "func_id", "state", "process_id", "args",
    "submitted_us", "started_us", "finished_us", "duration_us", "failure_id", "reason", "rev",
)  # fmt: skip


class Book:
    """Collects rows and writes them fast; ids grow from 1 in each table, and every row gets the same growing `rev`."""

    def __init__(self, engine: Engine, first: Mapping[str, int] | None = None) -> None:
        self.engine = engine
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.ids: Counter[str] = Counter(first or {})
        self.functions: dict[str, int] = {}
        self.ended: Counter[tuple[int, int, int, int, int]] = Counter()
        self.busy: Counter[tuple[int, int, int, int, int]] = Counter()
        self.waited: Counter[tuple[int, int, int, int, int]] = Counter()
        self.durations: Counter[tuple[int, int, int, int, int]] = Counter()
        self._tasks: list[tuple[Any, ...]] = []
        self._buckets: dict[int, int] = {}

    def new_id(self, table: str) -> int:
        """The next id of `table`."""
        self.ids[table] += 1
        return self.ids[table]

    def add(self, table: str, **values: Any) -> int:
        """A row with an id of its own; returns the id."""
        values["id"] = self.new_id(table)
        self.rows[table].append({"rev": self.new_id("rev"), **values})
        return int(values["id"])

    def func(self, name: str) -> int:
        """The id of a function, made on first use."""
        if name not in self.functions:
            self.functions[name] = self.new_id("functions")
            self.rows["functions"].append({"id": self.functions[name], "name": name})
        return self.functions[name]

    def task(self, values: tuple[Any, ...]) -> int:
        """One task row: TASK_COLUMNS without id and rev, in order. Closed ones enter the rollups."""
        number = self.new_id("tasks")
        self._tasks.append((number, *values, self.new_id("rev")))
        run, pool, _, _, _, func, state, _, _, submitted, started, finished, duration, _, _ = values
        if state >= State.SUCCEEDED:
            self.count(run, pool or 0, func, state, finished, duration, (started or finished) - submitted)
        if len(self._tasks) >= CHUNK:
            self.flush()
        return number

    def count(self, run: int, pool: int, func: int, state: int, finished: int, duration: int | None, wait: int) -> None:
        """Enters one ended task (times in µs) into the rollups."""
        minute = finished // 60_000_000
        key = (minute, run, pool, func, int(state))
        self.ended[key] += 1
        self.waited[key] += wait
        if duration is None:
            return
        self.busy[key] += duration
        if state == State.SUCCEEDED:
            bucket = self._buckets.get(duration)
            if bucket is None:
                bucket = self._buckets[duration] = sketch.bucket(duration * 1000)
            self.durations[minute, run, pool, func, bucket] += 1

    def flush(self) -> None:
        """Writes what was collected so far, in one transaction."""
        with self.engine.begin() as connection:
            _insert(connection, schema.tasks, TASK_COLUMNS, self._tasks)
            for name, rows in self.rows.items():
                by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
                for row in rows:
                    by_columns[tuple(row)].append(row)
                for columns, alike in by_columns.items():
                    _insert(connection, schema.metadata.tables[name], columns, [tuple(row.values()) for row in alike])
        self._tasks.clear()
        self.rows.clear()

    def bulk(self, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Writes rows of a table without ids, now."""
        with self.engine.begin() as connection:
            _insert(connection, table, columns, list(rows))

    def close(self) -> None:
        """Writes the rest, the rollups and the sequences."""
        self.flush()
        key = ("minute", "run_id", "pool_id", "func_id")
        totals = [(*k, n, self.busy[k], self.waited[k]) for k, n in self.ended.items()]
        self.bulk(schema.task_rollups, (*key, "state", "n", "busy_us", "wait_us"), totals)
        self.bulk(schema.duration_rollups, (*key, "bucket", "n"), [(*k, n) for k, n in self.durations.items()])
        self.bulk(schema.sequences, ("name", "value"), list(self.ids.items()))


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
