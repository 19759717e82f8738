"""A dashboard over a database in a test's own state directory: in process, or really served on a free port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import Client as WebSocket

from procscope.dashboard import server
from procscope.dashboard.app import Parts, create_app
from procscope.runtime.settings import Settings
from procscope.runtime.store.engine import open_engine
from tests.support.seed import Seeded, seed


@dataclass
class Site:
    """An application, its settings, and what its database was seeded with (None: nothing)."""

    app: Flask
    settings: Settings
    seeded: Seeded | None

    @property
    def parts(self) -> Parts:
        """What the application is made of."""
        parts = self.app.extensions["procscope"]
        assert isinstance(parts, Parts)
        return parts

    @property
    def live(self) -> Any:
        """The seeded live run's landmarks."""
        assert self.seeded is not None
        return self.seeded.live

    def stranger(self) -> FlaskClient:
        """A browser without the cookie."""
        return self.app.test_client()

    def viewer(self) -> FlaskClient:
        """A browser that came by the link."""
        client = self.app.test_client()
        assert client.get("/login", query_string={"token": self.parts.keys.token}).status_code == 303
        return client

    def socket(self) -> Any:
        """A connected Socket.IO test client with the cookie."""
        return self.parts.sockets.test_client(self.app, flask_test_client=self.viewer())

    @property
    def cookie(self) -> str:
        """The header of a viewer's cookie."""
        return f"{self.parts.keys.cookie_name}={self.parts.keys.cookie_value}"


@contextmanager
def site(home: Path, *, tasks: int = 0, workers: int = 4, now_us: int | None = None) -> Iterator[Site]:
    """A dashboard over a database in `home`; with `tasks` a seeded one, else an empty one."""
    settings = Settings(state_dir=str(home))
    path = settings.database_url.removeprefix("sqlite:///")
    seeded = seed(path, tasks=tasks, workers=workers, now_us=now_us) if tasks else None
    open_engine(settings.database_url).dispose()
    app = create_app(settings)
    found = Site(app, settings, seeded)
    try:
        yield found
    finally:
        found.parts.close()


@contextmanager
def served(home: Path, **options: Any) -> Iterator[tuple[Site, int]]:
    """`site`, listening on a free port of 127.0.0.1."""
    with site(home, **options) as found:
        listener = server.bind("127.0.0.1", 0)
        running = server.Server(listener, "127.0.0.1", found.app)
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield replace(found), running.port
        finally:
            running.shutdown()
            thread.join(10)


class Viewer:
    """A real Socket.IO connection over a WebSocket, as a browser makes it."""

    def __init__(self, site: Site, port: int, *, cookie: str | None = None, origin: str | None = None) -> None:
        headers = {
            "Cookie": site.cookie if cookie is None else cookie,
            "Origin": origin or "http://127.0.0.1",
        }  # as its Host, which lacks the port
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self.socket: Any = WebSocket.connect(url, headers=headers)
        assert self.socket.receive(timeout=10).startswith("0")
        self.socket.send("40")
        assert self.socket.receive(timeout=10).startswith("40")

    def emit(self, event: str, body: Any) -> None:
        """Send one event."""
        self.socket.send("42" + json.dumps([event, body]))

    def receive(self, timeout: float = 10) -> tuple[str, Any] | None:
        """The next event and its body; None when nothing came in time. Answers pings on the way."""
        while (text := self.socket.receive(timeout=timeout)) is not None:
            if text == "2":
                self.socket.send("3")
            if text.startswith("42"):
                event, body = json.loads(text[2:])
                return event, body
        return None

    def next(self) -> tuple[str, Any]:
        """The next event, which must come."""
        got = self.receive()
        assert got is not None, "nothing came"
        return got

    def close(self) -> None:
        """Hang up."""
        self.socket.close()
