"""A real dashboard over a seeded database, kept fresh by a heartbeat in place of the collector."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from procscope.dashboard import server
from procscope.dashboard.app import create_app
from procscope.runtime.settings import Settings
from procscope.runtime.store import schema
from procscope.runtime.store.engine import open_engine
from tests.support.seed import Seeded, seed

BEAT = 0.5


def now_us() -> int:
    """The time as the store has it."""
    return time.time_ns() // 1000


class Site:
    """One running dashboard: its address, and a hand in its database."""

    def __init__(self, url: str, token: str, engine: Engine, seeded: Seeded | None) -> None:
        self.url, self.token, self.engine, self.seeded = url, token, engine, seeded
        self.beating = threading.Event()
        self.beating.set()

    @property
    def door(self) -> str:
        """The address with the token, as it is printed."""
        return f"{self.url}?token={self.token}"

    def change(self, table: Any, where: Any, values: Mapping[str, Any]) -> None:
        """Update rows of `table` as the collector would: under a new revision."""
        with self.engine.begin() as connection:
            connection.execute(update(table).where(where).values(**values, rev=_next_rev(connection)))

    def change_text(self, table: Any, where: Any, values: Mapping[str, Any]) -> None:
        """As `change`, for tables that may have no revision."""
        if "rev" in table.c:
            self.change(table, where, values)
            return
        with self.engine.begin() as connection:
            connection.execute(update(table).where(where).values(**values))

    def beat(self) -> None:
        """What a collector does every tick: say that it is there."""
        with self.engine.begin() as connection:
            connection.execute(update(schema.collectors).values(seen_us=now_us()))


def _next_rev(connection: Connection) -> int:
    mine = schema.sequences.c.name == "rev"
    connection.execute(update(schema.sequences).where(mine).values(value=schema.sequences.c.value + 1))
    return int(connection.execute(select(schema.sequences.c.value).where(mine)).scalar_one())


@contextmanager
def serving(home: Path, *, tasks: int = 2000, workers: int = 16, seeded: bool = True, port: int = 0) -> Iterator[Site]:
    """A dashboard on a free port over a database of its own under `home`."""
    database = home / "seeded.db"
    picture = seed(str(database), tasks=tasks, workers=workers) if seeded else None
    listener = server.bind("127.0.0.1", port)
    number = listener.getsockname()[1]
    settings = Settings(state_dir=str(home), db=str(database), port=number)
    engine = open_engine(settings.database_url)
    app = create_app(settings)
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    parts = app.extensions["procscope"]
    httpd = server.Server(listener, settings.host, app)
    site = Site(f"http://127.0.0.1:{number}/", parts.keys.token, engine, picture)
    stop = threading.Event()
    jobs: list[tuple[Callable[..., None], tuple[Any, ...]]] = [(httpd.serve_forever, ()), (_heart, (site, stop))]
    threads = [threading.Thread(target=job, args=args, daemon=True) for job, args in jobs]
    for thread in threads:
        thread.start()
    try:
        yield site
    finally:
        stop.set()
        httpd.shutdown()
        httpd.server_close()
        parts.close()
        for thread in threads:
            thread.join(timeout=5)
        engine.dispose()


def _heart(site: Site, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        if site.seeded and site.beating.is_set():
            site.beat()
