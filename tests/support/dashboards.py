"""A dashboard over a database in a test's own state directory: in process, or really served on a free port."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from wsproto import ConnectionType, WSConnection
from wsproto.events import CloseConnection, RejectConnection, Request, TextMessage

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
    """A real Socket.IO connection over a WebSocket, as a browser makes it. (simple_websocket's own client forgets
    what arrives together with the handshake's answer.)"""

    def __init__(self, cookie: str, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._texts: deque[str] = deque()
        self._part = ""
        self._ended = False
        headers = [(b"Cookie", cookie.encode()), (b"Origin", f"http://127.0.0.1:{port}".encode())]
        target = "/socket.io/?EIO=4&transport=websocket"
        self._send(Request(host=f"127.0.0.1:{port}", target=target, extra_headers=headers))
        assert (self._text(30) or "").startswith("0")
        self.send("40")
        assert (self._text(30) or "").startswith("40")

    def send(self, text: str) -> None:
        """Send one packet as it stands."""
        self._send(TextMessage(data=text))

    def emit(self, event: str, body: Any) -> None:
        """Send one event."""
        self.send("42" + json.dumps([event, body]))

    def receive(self, timeout: float = 30) -> tuple[str, Any] | None:
        """The next event and its body; None when nothing came in time, or will. Answers pings on the way."""
        end = time.monotonic() + timeout
        while (text := self._text(end - time.monotonic())) is not None:
            if text == "2":
                self.send("3")
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

    def _send(self, event: Any) -> None:
        self.socket.sendall(self._protocol.send(event))

    def _text(self, timeout: float) -> str | None:
        end = time.monotonic() + timeout
        while not self._texts and not self._ended and (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                break
            self._protocol.receive_data(data or None)
            self._take()
        return self._texts.popleft() if self._texts else None

    def _take(self) -> None:
        for event in self._protocol.events():
            if isinstance(event, TextMessage):
                self._part += event.data
                if event.message_finished:
                    self._texts.append(self._part)
                    self._part = ""
            elif isinstance(event, (CloseConnection, RejectConnection)):
                self._ended = True
