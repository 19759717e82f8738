"""The outermost layer: only requests meant for this dashboard get in, whatever path they ask for.

A page of another site can make a browser send requests here, and by DNS rebinding even under a name of its own,
which makes them same-origin to the browser. So the Host must be a loopback name, an address that is ours, or the
name the server was told to listen on; and a browser's Origin must be that very Host. The port in Host may differ
from ours: an ssh tunnel changes it, and a rebinding attack cannot make use of it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
WILDCARDS = frozenset({"0.0.0.0", "::"})
_FETCH_SITES = frozenset({"same-origin", "none", ""})


class Guard:
    """WSGI middleware that answers 403 to a foreign Host or Origin and 400 to a malformed one."""

    def __init__(self, app: WSGIApplication, listening: str) -> None:
        self._app = app
        self._own = _own_names(listening)
        self._any_address = listening in WILDCARDS

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = self._refusal(environ)
        if refusal is None:
            return self._app(environ, start_response)
        status, sentence = refusal
        return plain(start_response, status, sentence)

    def _refusal(self, environ: WSGIEnvironment) -> tuple[str, str] | None:
        host = environ.get("HTTP_HOST", "")
        match = _HOST.fullmatch(host)
        if match is None:
            return "400 Bad Request", "The request names no valid Host."
        if not self._is_ours(match["name"]):
            return "403 Forbidden", "This dashboard does not answer to that Host: open it by the address it printed."
        if not _same_origin(environ.get("HTTP_ORIGIN"), host) or _from_elsewhere(environ):
            return "403 Forbidden", "Another site may not use this dashboard: open it in a tab of its own."
        return None

    def _is_ours(self, name: str) -> bool:
        name = name.lower().rstrip(".")
        if name in self._own:
            return True
        try:
            address = ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return address.is_loopback or self._any_address


def _own_names(listening: str) -> frozenset[str]:
    names = {"localhost", listening.lower(), f"[{listening.lower()}]"}
    if listening in WILDCARDS:
        names |= {socket.gethostname().lower()}
    return frozenset(names - WILDCARDS)


def _same_origin(origin: str | None, host: str) -> bool:
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _from_elsewhere(environ: WSGIEnvironment) -> bool:
    """A browser says that another site asks, and not by a link someone followed."""
    if environ.get("HTTP_SEC_FETCH_SITE", "") in _FETCH_SITES:
        return False
    navigation = environ.get("HTTP_SEC_FETCH_MODE") == "navigate" and environ.get("HTTP_SEC_FETCH_DEST") == "document"
    return not (navigation and environ.get("REQUEST_METHOD") == "GET")


def plain(start_response: StartResponse, status: str, sentence: str) -> list[bytes]:
    """A text response of one sentence."""
    body = sentence.encode() + b"\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [body]
