"""What every response says about itself: what the page may load and run, who may frame it, how long to keep it."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR = 365 * 86400


def nonce() -> str:
    """The nonce of this response; the same throughout one request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy(page_nonce: str, host: str) -> str:
    """The Content-Security-Policy of a page served at `host` (name and port). Scripts need the nonce; imports of a
    module inherit it. The socket is named because some browsers do not count ws: as 'self'."""
    return "; ".join((
        "default-src 'none'",
        f"script-src 'nonce-{page_nonce}'",
        f"style-src 'self' 'nonce-{page_nonce}'",
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' ws://{host} wss://{host}",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ))  # fmt: skip


def install(app: Flask) -> None:
    """Add the headers to every response of `app`."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(_FIXED)
        response.headers["Content-Security-Policy"] = policy(nonce(), request.host)
        response.headers.pop("Access-Control-Allow-Origin", None)
        response.headers["Cache-Control"] = _cache_control(response.status_code)
        return response


def _cache_control(status: int) -> str:
    """A static file asked for by the hash of its content never changes; others are checked by ETag."""
    if request.endpoint != "static" or status >= 400:
        return "no-store"
    return f"public, max-age={_YEAR}, immutable" if "v" in request.args else "no-cache"
