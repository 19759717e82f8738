"""A long past in a database, made quickly: one seeded picture, and copies of it further and further back in time."""

from __future__ import annotations

import time

from sqlalchemy import BigInteger, Connection, Engine, Table

from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine
from tests.support.seed import fill

PICTURE = 100_000
"""Task rows of one picture."""
STRIDE = PICTURE + 1000
"""Ids of one picture's tasks begin at a multiple of this, plus one."""
_HOUR_US = 3_600_000_000
_STRIDES = {"runs": 5, "pools": 6, "processes": 50, "batches": 2, "tasks": STRIDE, "failures": 20}
_REFERENCES = {
    "run_id": "runs", "pool_id": "pools", "process_id": "processes", "parent_id": "processes", "batch_id": "batches",
    "failure_id": "failures", "task_id": "tasks",
}  # fmt: skip
_COPIED = ("runs", "processes", "pools", "batches", "tasks", "failures", "task_rollups", "duration_rollups")


def history(url: str, pictures: int) -> None:
    """Fill the new SQLite database at `url` with `pictures` times PICTURE task rows, an hour between two."""
    engine = open_engine(url)
    first = {table: stride * (pictures - 1) for table, stride in _STRIDES.items()}
    fill(engine, time.time_ns() // 1000, tasks=PICTURE, workers=16, first=first)
    for back in range(1, pictures):
        _copy(engine, back)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()


def _copy(engine: Engine, back: int) -> None:
    with engine.begin() as connection:
        for name in _COPIED:
            _copy_table(connection, schema.metadata.tables[name], back)


def _copy_table(connection: Connection, table: Table, back: int) -> None:
    expressions = [_shifted(table, column.name, back) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    first = "(SELECT max(id) - 5 FROM runs)"
    which = f"id > {first}" if table.name == "runs" else f"run_id > {first}"
    select = f"SELECT {', '.join(expressions)} FROM {table.name} WHERE {which}"
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) {select}")


def _shifted(table: Table, column: str, back: int) -> str:
    owner = table.name if column == "id" else _REFERENCES.get(column)
    if owner:
        # Zero is "none" in the rollups.
        return f'CASE WHEN "{column}" > 0 THEN "{column}" - {_STRIDES[owner] * back} ELSE "{column}" END'
    if column.endswith("_us") and isinstance(table.c[column].type, BigInteger) and column not in _SPANS:
        shifted = f"{column} - {_HOUR_US * back}"
        return f"coalesce({shifted}, started_us)" if (table.name, column) == ("runs", "finished_us") else shifted
    if column == "minute":
        return f"minute - {60 * back}"
    return _ENDED.get((table.name, column), f'"{column}"').format(back=back)


_SPANS = ("duration_us", "busy_us", "wait_us")
_ENDED = {
    ("runs", "key"): "substr(key, 1, 7) || printf('%05x', {back})",
    ("runs", "state"): "CASE state WHEN 'running' THEN 'finished' ELSE state END",
    ("processes", "state"): "CASE state WHEN 'running' THEN 'finished' ELSE state END",
    ("pools", "state"): "'closed'",
    ("tasks", "state"): "CASE WHEN state < 2 THEN 5 ELSE state END",
}
