"""The pages, each rendered on the server with the data it shows; scripts only keep it current."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from procscope.dashboard.hub import Subscription
from procscope.dashboard.views import Desk, subscribe

SERIES_AT_FIRST = 100
"""A page is sent with the sparklines of what may be seen at once; the socket's first message has them all."""
ROWS_AT_FIRST = 200
"""So many lines of a run's tree come from the server: scripts draw the rest, `?all=1` has them without scripts."""
_UNSAFE_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def boot_text(subscription: Subscription, model: dict[str, Any]) -> str:
    """What the scripts start from, as JSON that cannot end the element it stands in."""
    boot = {"view": subscription.view, "params": dict(subscription.params), "model": model}
    return json.dumps(boot, separators=(",", ":"), allow_nan=False).translate(_UNSAFE_IN_SCRIPT)


def blueprint(desk: Desk) -> Blueprint:
    """The pages over `desk`."""
    site = Blueprint("pages", __name__)
    pages = _Pages(desk)
    site.add_url_rule("/", "overview", pages.overview)
    site.add_url_rule("/runs/<key>", "run", pages.run)
    site.add_url_rule("/runs/<key>/sync", "sync", pages.sync)
    site.add_url_rule("/tasks", "tasks", pages.tasks)
    site.add_url_rule("/tasks/<number>", "task", pages.task)
    return site


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def overview(self) -> Response:
        return self._page("overview")

    def run(self, key: str) -> AnyResponse:
        full = self._desk.store.run(key).key
        return self._page("run", key=key) if full == key else redirect(f"/runs/{full}", 302)

    def sync(self, key: str) -> AnyResponse:
        full = self._desk.store.run(key).key
        return self._page("sync", key=key) if full == key else redirect(f"/runs/{full}/sync", 302)

    def tasks(self) -> Response:
        return self._page("tasks", q=request.args.get("q", ""), before=request.args.get("before", ""))

    def task(self, number: str) -> Response:
        return self._page("task", id=number)

    def _page(self, view: str, **params: str) -> Response:
        subscription = subscribe({"view": view, "params": params})
        model = self._desk.model(subscription, SERIES_AT_FIRST)
        shown = len(model.get("nodes", ())) if "all" in request.args else ROWS_AT_FIRST
        html = render_template(f"{view}.html", view=view, model=model, boot=boot_text(subscription, model), shown=shown)
        return make_response(html, 400 if model.get("error") else 200)
