"""What went wrong, as a page or as JSON: the sentence, and what to do."""

from __future__ import annotations

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from procscope.runtime.errors import BadQueryError, NotFoundError, ProcscopeError

_TITLES = {
    400: "That could not be understood",
    404: "Not found",
    405: "Not like that",
    500: "Our fault",
    503: "No data",
}
_HINTS = {404: "Look among the runs, or search the tasks.", 503: "The page works again as soon as the database does."}


def install(app: Flask) -> None:
    """Answer every error of `app` with a page that helps; under /api with JSON."""

    @app.errorhandler(ProcscopeError)
    def ours(error: ProcscopeError) -> Response:
        status = 400 if isinstance(error, BadQueryError) else 404 if isinstance(error, NotFoundError) else 503
        return answer(status, str(error))

    @app.errorhandler(HTTPException)
    def protocol(error: HTTPException) -> Response:
        status = error.code or 500
        words = "There is no page at this address." if status == 404 else error.description or error.name
        return answer(status, words)

    @app.errorhandler(500)
    def fault(_error: Exception) -> Response:
        return answer(500, "The dashboard failed at this page; its terminal shows where.")


def answer(status: int, message: str) -> Response:
    """An error page, or its JSON."""
    if request.path.startswith("/api/"):
        return make_response(jsonify(error=message), status)
    title = _TITLES.get(status, "That did not work")
    hint = _HINTS.get(status)
    page = render_template("error.html", view="error", status=status, title=title, message=message, hint=hint)
    return make_response(page, status)
