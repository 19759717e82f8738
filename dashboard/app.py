"""`create_app`: the dashboard as one WSGI application.

From the outside in: guard (Host, Origin), the socket's gate (cookie), Socket.IO, Flask (cookie, pages, API).
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, current_app
from flask_socketio import SocketIO

import procscope
from procscope.dashboard import api, doors, faults, headers, pages, sockets, words
from procscope.dashboard.auth import Keys, SocketGate, kept_token
from procscope.dashboard.guard import Guard
from procscope.dashboard.hub import Hub
from procscope.dashboard.live import Poller
from procscope.dashboard.views import Desk
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store

_ROOT = os.path.dirname(os.path.abspath(procscope.__file__))
_LARGEST_FORM = 65_536


@dataclass(frozen=True)
class Parts:
    """What `create_app` has put together; at `app.extensions['procscope']`."""

    keys: Keys
    desk: Desk
    hub: Hub
    poller: Poller
    sockets: SocketIO

    def close(self) -> None:
        """Stop the poller and let the database go."""
        self.poller.stop()
        self.desk.store.close()


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The application for `settings` (its `port` is the one really listened on).

    Opens the database for reading and reads, or makes, the token. Raises StoreError, ServeError.
    """
    app = Flask("procscope.dashboard", static_folder=os.path.join(_ROOT, "static"), static_url_path="/static")
    app.template_folder = os.path.join(_ROOT, "templates")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    keys = Keys(kept_token(settings.home), settings.port)
    desk = Desk(store or Store.open(settings, read_only=True), settings)
    _furnish(app)
    doors.install(app, keys)
    headers.install(app)
    faults.install(app)
    app.register_blueprint(pages.blueprint(desk))
    app.register_blueprint(api.blueprint(desk))
    app.extensions["procscope"] = _parts(app, keys, desk)
    app.wsgi_app = Guard(SocketGate(app.wsgi_app, keys), settings.host)  # type: ignore[method-assign]
    return app


def _parts(app: Flask, keys: Keys, desk: Desk) -> Parts:
    hub = Hub()
    server = sockets.attach(app, hub, keys, lambda: poller.start())
    poller = Poller(hub, sockets.SocketWire(server, desk.store, desk.builder))
    return Parts(keys, desk, hub, poller, server)


def _furnish(app: Flask) -> None:
    app.logger.setLevel(logging.ERROR)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals.update(asset=asset, version=_version())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"csp_nonce": headers.nonce()})


def asset(path: str) -> str:
    """The URL of a static file with a hash of its content, so that browsers may keep it for ever."""
    folder = current_app.static_folder
    assert folder is not None
    try:
        found = os.stat(os.path.join(folder, path))
        version = _fingerprint(os.path.join(folder, path), found.st_mtime_ns, found.st_size)
    except OSError:
        return f"/static/{quote(path)}"
    return f"/static/{quote(path)}?v={version}"


@functools.lru_cache(maxsize=512)
def _fingerprint(path: str, _changed: int, _size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12]


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("procscope")
    except PackageNotFoundError:
        return "dev"
