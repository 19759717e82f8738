"""The way in: the link with the token, the login form, and the page for whoever has neither."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from procscope.dashboard.auth import COOKIE_AGE, Keys

_OPEN = frozenset({"static", "login", "api.health"})
_NO_TOKEN = "This dashboard opens by the link that procscope serve printed; procscope run prints it too."
_BAD_TOKEN = "That token is not this dashboard's: copy the link that procscope serve printed last."


def install(app: Flask, keys: Keys) -> None:
    """Ask every request of `app` but the open ones for the cookie; trade the token for it."""

    @app.before_request
    def check() -> AnyResponse | None:
        if "token" in request.args and request.method == "GET" and request.endpoint != "static":
            return _trade(keys, request.args["token"], _without_token())
        if request.endpoint in _OPEN or keys.admits(request.cookies):
            return None
        return _unauthorized(_NO_TOKEN)

    @app.route("/login", methods=["GET", "POST"], endpoint="login")
    def login() -> AnyResponse:
        target = _local(request.values.get("next", "/"))
        if request.method == "POST":
            return _trade(keys, _pasted(request.form.get("token", "")), target)
        if keys.admits(request.cookies):
            return redirect(target, 303)
        return _form(None, target, 200)


def _trade(keys: Keys, candidate: str, target: str) -> AnyResponse:
    if not keys.opens(candidate):
        return _unauthorized(_BAD_TOKEN)
    answer = redirect(target, 303)
    answer.set_cookie(keys.cookie_name, keys.cookie_value, max_age=COOKIE_AGE, httponly=True, samesite="Strict")
    return answer


def _pasted(text: str) -> str:
    """The token from what someone pasted, which may be the whole link."""
    text = text.strip()
    return text.partition("token=")[2].partition("&")[0] if "token=" in text else text


def _without_token() -> str:
    if request.path == "/login":
        return _local(request.args.get("next", "/"))
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    return _local(request.path) + ("?" + urlencode(rest) if rest else "")


def _local(target: str) -> str:
    """`target` if it is a path of this site, else '/': an open redirect would lend our name to another site."""
    parts = urlsplit(target.replace("\\", "/"))
    harmless = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if harmless and target.isprintable() else "/"


def _unauthorized(sentence: str) -> AnyResponse:
    if request.path.startswith("/api/"):
        answer: Response = jsonify(error=sentence)
        answer.status_code = 401
        return answer
    asked = request.full_path.rstrip("?") if "token" not in request.args and request.method == "GET" else "/"
    answer = _form(sentence, "/" if asked.startswith("/login") else _local(asked), 401)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and "token" not in request.args:
        # A link from a chat: the browser kept the strict cookie back. Asked again from our own page it sends it.
        answer.headers["Refresh"] = f"0; url={_local(asked)}"
    return answer


def _form(error: str | None, target: str, status: int) -> Response:
    return make_response(render_template("login.html", view="login", error=error, next=target), status)
