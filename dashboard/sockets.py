"""The socket's events: who connects, what they watch, what they acknowledge. The hub keeps it, the poller answers."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import Callable
from typing import Any

import socketio
from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO, disconnect

from procscope.dashboard.auth import Keys
from procscope.dashboard.hub import Hub, Subscription
from procscope.dashboard.ports import Builder
from procscope.dashboard.views import subscribe
from procscope.runtime.errors import BadQueryError
from procscope.runtime.store.queries import Store

log = logging.getLogger("procscope.dashboard")
_QUIET = logging.getLogger("procscope.socket")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
_LARGEST_IN = 16_384


class CompactJson:
    """The JSON of the wire: no spaces, and never a bare NaN, which browsers cannot read."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """`value` as JSON text; raises ValueError on a number that JSON does not have."""
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    loads = staticmethod(json.loads)


def attach(app: Flask, hub: Hub, keys: Keys, start: Callable[[], None]) -> SocketIO:
    """Serve Socket.IO under `app`; `start` is called when the first viewer comes."""
    server = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # a viewer that floods us waits in its own connection
        cors_allowed_origins=[],  # no headers, no check: the guard around everything has compared Origin with Host
        max_http_buffer_size=_LARGEST_IN,
        manage_session=False,
        json=CompactJson,
        logger=_QUIET,
        engineio_logger=_QUIET,
    )
    events = _Events(hub, keys, start, server)
    for name in ("connect", "disconnect", "watch", "ack"):
        server.on_event(name, getattr(events, name))
    server.on_error_default(_failed)
    return server


def _failed(error: Exception) -> None:
    """A mistake of ours in an event of one viewer: said once on the terminal, and the socket goes on."""
    log.error("an event of a viewer failed", exc_info=error)


class _Events:
    def __init__(self, hub: Hub, keys: Keys, start: Callable[[], None], server: SocketIO) -> None:
        self._hub = hub
        self._keys = keys
        self._start = start
        self._server = server

    def connect(self, _auth: Any = None) -> None:
        if not self._keys.admits(request.cookies):
            raise ConnectionRefusedError("unauthorized")
        self._start()
        if not self._hub.join(_sid()):
            raise ConnectionRefusedError("too many viewers")

    def disconnect(self, _reason: Any = None) -> None:
        self._hub.leave(_sid())

    def watch(self, wish: Any = None) -> None:
        try:
            self._hub.watch(_sid(), subscribe(wish))
        except BadQueryError as error:
            if self._hub.mistaken(_sid()):
                self._server.emit("error", {"message": str(error)}, to=_sid())
            else:
                disconnect()

    def ack(self, message: Any = None) -> None:
        number = message.get("n") if isinstance(message, dict) else None
        if isinstance(number, int):
            self._hub.ack(_sid(), number)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there


class SocketWire:
    """The poller's way to the viewers (over `server`) and to the database (`store`)."""

    def __init__(self, server: SocketIO, store: Store, builder: Callable[[Subscription], Builder]) -> None:
        self._server = server
        self._store = store
        self.builder = builder

    def rev(self) -> int:
        """The database's revision."""
        return self._store.rev()

    def send(self, event: str, payload: dict[str, Any], sids: list[str]) -> None:
        """Queue one message, encoded once, to `sids`."""
        self._server.emit(event, payload, to=sids)

    def cut(self, sid: str) -> None:
        """Close the connection of `sid`, its socket too: its writer may be stuck in the middle of a send."""
        engine = self._server.server
        environ = engine.get_environ(sid) or {}
        with contextlib.suppress(KeyError, socketio.exceptions.SocketIOError):
            engine.disconnect(sid)
        if isinstance(connection := environ.get("werkzeug.socket"), socket.socket):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
