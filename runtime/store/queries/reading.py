"""How every question is asked: one connection pool, one statement, rows as tuples; functions' names from memory."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, bindparam, text

from procscope.runtime.store import dialect

Rows = Sequence[Any]


class Reader:
    """A database opened for reading. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._functions: dict[int, str] = {}
        self._held = threading.local()

    def close(self) -> None:
        """Close the connections; those in use close when they are given back."""
        self.engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Every question this thread asks inside sees the database as of the first one."""
        if getattr(self._held, "connection", None) is not None:
            yield
            return
        with self.engine.connect() as connection:
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = None

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        held = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        with self.engine.connect() as connection:
            yield connection

    def _rows(self, sql: str, **parameters: Any) -> Rows:
        """All rows of `sql`; a list or tuple given for `:name` spells out `IN :name`."""
        lists = tuple(sorted(name for name, value in parameters.items() if isinstance(value, (list, tuple))))
        with self._connection() as connection:
            return connection.execute(_statement(sql, lists), parameters).fetchall()

    def _one(self, sql: str, **parameters: Any) -> Any:
        """The first row of `sql`, or None."""
        rows = self._rows(sql, **parameters)
        return rows[0] if rows else None

    @property
    def _like(self) -> str:
        return dialect.any_case_like(self.engine.dialect.name)

    def function_names(self, ids: Iterable[int | None]) -> dict[int, str]:
        """id → qualified name, of every function known; read again only when one of `ids` is new."""
        if any(number is not None and number not in self._functions for number in ids):
            self._learn_functions()
        return self._functions

    def _learn_functions(self) -> None:
        known = max(self._functions, default=-1)
        for number, name in self._rows("SELECT id, name FROM functions WHERE id > :known ORDER BY id", known=known):
            self._functions[number] = name

    def _all_functions(self) -> dict[int, str]:
        self._learn_functions()
        return self._functions

    def _func(self, number: int | None) -> str | None:
        return None if number is None else self.function_names((number,)).get(number)


@lru_cache(maxsize=512)
def _statement(sql: str, lists: tuple[str, ...]) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))
