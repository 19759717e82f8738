"""`procscope serve`: the dashboard in the foreground, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import webbrowser
from types import FrameType

import click

from procscope.cli.config import load
from procscope.cli.options import db_option
from procscope.dashboard.guard import WILDCARDS
from procscope.runtime.errors import ProcscopeError, ServeError
from procscope.runtime.settings import Settings


@click.command("serve")
@click.option("--host", metavar="ADDRESS", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one. Default: 8787, or a free one.")
@db_option
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def command(host: str | None, port: int | None, db: str | None, open_browser: bool) -> None:
    """Serve the dashboard until Ctrl-C."""
    settings = load({"host": host, "port": port, "db": db})
    serve(settings, insist=settings.port != Settings().port or port is not None, open_browser=open_browser)


def serve(settings: Settings, *, insist: bool, open_browser: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; `insist` on the port even where a free one would do.

    Raises ServeError, StoreError, BadSettingError before anything is served.
    """
    from procscope.dashboard import server

    _private_home(settings)
    listener = server.bind_preferred(settings.host, settings.port, insist=insist)
    try:
        settings = settings.overlaid({"port": listener.getsockname()[1]})
        _ensure_database(settings)
        _ensure_collector(settings)
        _run(listener, settings, open_browser)
    finally:
        listener.close()


def _run(listener: socket.socket, settings: Settings, open_browser: bool) -> None:
    from procscope.dashboard import server
    from procscope.dashboard.announce import announced
    from procscope.dashboard.app import create_app

    app = create_app(settings)
    parts = app.extensions["procscope"]
    running = server.Server(listener, settings.host, app)
    url = server.address(settings.host, settings.port)
    _stop_on_signals(running)
    try:
        with announced(settings, url, parts.keys.token):
            _announce(settings, f"{url}?token={parts.keys.token}", open_browser)
            running.serve_forever(poll_interval=0.2)
    finally:
        parts.close()


def _stop_on_signals(running: object) -> None:
    """SIGINT and SIGTERM end `serve_forever` from another thread: it waits for itself if told by its own."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=running.shutdown, daemon=True).start()  # type: ignore[attr-defined]

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _announce(settings: Settings, link: str, open_browser: bool) -> None:
    click.echo(f"procscope is at {link}")
    if sys.stdout.isatty():
        click.echo("Ctrl-C stops it.", err=True)
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        where = "every network of this machine" if settings.host in WILDCARDS else settings.host
        click.echo(
            f"warning: the link works for all who can reach {where}, and the traffic is not encrypted.", err=True
        )
    sys.stdout.flush()
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


def _private_home(settings: Settings) -> None:
    try:
        os.makedirs(settings.home, mode=0o700, exist_ok=True)
    except OSError as error:
        raise ServeError(f"{settings.home} cannot be used ({error.strerror}): set PROCSCOPE_STATE_DIR") from None


def _ensure_database(settings: Settings) -> None:
    """Readers cannot make a database: make or migrate it, so that an empty dashboard can teach the first command."""
    from procscope.runtime.store.engine import open_engine

    open_engine(settings.database_url).dispose()


def _ensure_collector(settings: Settings) -> None:
    """The picture is only live with a collector; without one, past runs can still be looked at."""
    from procscope.runtime.collector.start import ensure_running

    try:
        ensure_running(settings)
    except ProcscopeError as error:
        click.echo(f"warning: nothing new will be recorded: {error}", err=True)
