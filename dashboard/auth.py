"""Who may look: whoever holds the token. It is printed once in a URL, then traded for a cookie.

The cookie is not the token but a key derived from it, under a name with the port: browsers send a host's cookies
to every port of it, and two dashboards on one host must not log each other's viewers out.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from procscope.dashboard.guard import plain
from procscope.runtime.errors import ServeError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COOKIE_AGE = 30 * 86400
_SHORTEST = 32


class Keys:
    """The token and the cookie that stands for it."""

    def __init__(self, token: str, port: int) -> None:
        self.token = token
        self.cookie_name = f"procscope_{port}"
        self.cookie_value = hmac.new(token.encode(), b"procscope dashboard cookie", hashlib.sha256).hexdigest()

    def opens(self, candidate: str) -> bool:
        """Is `candidate` the token? In constant time."""
        return hmac.compare_digest(candidate.encode("utf-8", "replace"), self.token.encode())

    def admits(self, cookies: Mapping[str, str]) -> bool:
        """Do these cookies hold the one we gave? In constant time."""
        held = cookies.get(self.cookie_name, "")
        return hmac.compare_digest(held.encode("utf-8", "replace"), self.cookie_value.encode())


class SocketGate:
    """WSGI middleware: nothing under /socket.io is reached without the cookie, the engine's handshake included."""

    def __init__(self, app: WSGIApplication, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/socket.io") and not self._keys.admits(_cookies(environ)):
            return plain(start_response, "401 Unauthorized", "Open the dashboard by the link with its token first.")
        return self._app(environ, start_response)


def _cookies(environ: WSGIEnvironment) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        return {}


def kept_token(directory: str) -> str:
    """The token kept in `directory` (made 0700 if missing), so that links outlive a restart; made on first use.

    Raises ServeError where the file is not ours alone.
    """
    path = os.path.join(directory, "token")
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        return _read(path) or _renew(path)
    except OSError as error:
        raise ServeError(f"cannot keep the token in {path}: {error.strerror}; set PROCSCOPE_STATE_DIR") from None


def _read(path: str) -> str | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, encoding="ascii", errors="replace") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise ServeError(f"{path} can be read by others: remove it, a new token will be made")
        token = file.read(256).strip()
    return token if len(token) >= _SHORTEST and token.isprintable() else None


def _renew(path: str) -> str:
    token = secrets.token_urlsafe(32)
    draft = f"{path}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")
    os.replace(draft, path)
    return token
