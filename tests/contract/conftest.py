"""The backends that the same suite runs over. PostgreSQL takes part where PROCSCOPE_TEST_POSTGRES names a server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, make_url, text

from procscope.runtime.store.queries import Store
from tests.support.seed import Seeded, seed

NOW = 1_748_746_800_000_000
BACKENDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Picture:
    """A store on a seeded database, the landmarks in it, and the instant it shows."""

    store: Store
    seeded: Seeded
    url: str

    @property
    def now_us(self) -> int:
        """The instant everything was seeded relative to."""
        return self.seeded.now_us


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The backend's name; skipped, and said so, where there is no server."""
    name = str(request.param)
    if name == "postgresql" and not os.environ.get("PROCSCOPE_TEST_POSTGRES"):
        pytest.skip("PostgreSQL is NOT tested: set PROCSCOPE_TEST_POSTGRES=postgresql+psycopg://user@host/database")
    return name


@pytest.fixture
def url(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of the backend, gone afterwards."""
    yield from _empty(backend, tmp_path_factory)


@pytest.fixture(scope="session")
def picture(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Picture]:
    """The seeded picture; tests only read it."""
    for where in _empty(backend, tmp_path_factory):
        seeded = seed(where, now_us=NOW)
        with Store.open(where) as store:
            yield Picture(store, seeded, where)


def _empty(backend: str, directories: pytest.TempPathFactory) -> Iterator[str]:
    if backend == "sqlite":
        yield f"sqlite:///{directories.mktemp('database') / 'procscope.db'}"
        return
    server = make_url(os.environ["PROCSCOPE_TEST_POSTGRES"])
    schema = "test_" + uuid.uuid4().hex[:12]
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield server.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
