"""Serving: bind, announce, run until told to stop.

Werkzeug's threaded server in this process, not gunicorn: a viewer's socket holds a thread for hours, so a gthread
pool of N threads is a dashboard that stops answering at the Nth open tab; gunicorn also forks, while the poller,
the hub and the port we report must live in the one process that answers. `create_app` is a plain WSGI application
for whoever wants to run it elsewhere. The threads here are bounded too, but by a limit with an answer (503).
"""

from __future__ import annotations

import errno
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from procscope.runtime.errors import ServeError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MAX_CONNECTIONS = 512
REQUEST_TIMEOUT = 20.0
_UNSENT_MS = 30_000
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ServeError naming the address and the remedy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServeError(_explained(host, port, error)) from None
    return listener


def bind_preferred(host: str, port: int, *, insist: bool) -> socket.socket:
    """`bind`, but where the port is only our default and taken, a free one instead."""
    try:
        return bind(host, port)
    except ServeError as error:
        if insist or "in use" not in str(error):
            raise
        return bind(host, 0)


def _explained(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use: stop what listens there, or give another with --port (0 for any)"
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return f"port {port} may only be opened by root: give one above 1023 with --port"
    if isinstance(error, OverflowError):
        return f"port {port} does not exist: give one from 0 to 65535 with --port"
    return f"{host} is not an address of this machine: give --host 127.0.0.1"


def address(host: str, port: int) -> str:
    """The URL to open: a wildcard address is shown as the loopback one."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


class _Handler(WSGIRequestHandler):
    """One connection: quiet, with a limit of time for the request but none for a socket that then stays open."""

    server_version = "procscope"
    sys_version = ""
    timeout = REQUEST_TIMEOUT

    def setup(self) -> None:
        super().setup()
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # A viewer that stops reading would else hold its writer thread for ever.
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNSENT_MS)

    def run_wsgi(self) -> None:
        # The websocket library sends with socket.send, which under a timeout may send a part and lose the rest.
        if self.headers.get("Upgrade"):
            self.connection.settimeout(None)
        super().run_wsgi()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: the request line may hold the token."""


class Server(ThreadedWSGIServer):
    """A thread a connection, at most MAX_CONNECTIONS of them."""

    block_on_close = False

    def __init__(self, listener: socket.socket, host: str, app: WSGIApplication) -> None:
        super().__init__(host, listener.getsockname()[1], app, _Handler, fd=listener.fileno())
        listener.close()
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        request.setblocking(False)
        with suppress(OSError):
            request.send(_BUSY)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a connection that broke is its viewer's affair, and what the application raised is answered 500."""
