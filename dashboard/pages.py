"""The four pages, each rendered on the server with the data it shows; scripts only keep it current."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from procscope.dashboard.hub import Subscription
from procscope.dashboard.views import Desk, subscribe

SERIES_AT_FIRST = 100
"""A page is sent with the sparklines of what may be seen at once; the socket's first message has them all."""
_UNSAFE_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def boot_text(subscription: Subscription, model: dict[str, Any]) -> str:
    """What the scripts start from, as JSON that cannot end the element it stands in."""
    boot = {"view": subscription.view, "params": dict(subscription.params), "model": model}
    return json.dumps(boot, separators=(",", ":"), allow_nan=False).translate(_UNSAFE_IN_SCRIPT)


def blueprint(desk: Desk) -> Blueprint:
    """The pages over `desk`."""
    site = Blueprint("pages", __name__)

    def page(view: str, **params: str) -> Response:
        subscription = subscribe({"view": view, "params": params})
        model = desk.model(subscription, SERIES_AT_FIRST)
        boot = boot_text(subscription, model)
        html = render_template(f"{view}.html", view=view, model=model, boot=boot)
        return make_response(html, 400 if model.get("error") else 200)

    @site.get("/")
    def overview() -> Response:
        return page("overview")

    @site.get("/runs/<key>")
    def run(key: str) -> AnyResponse:
        full = desk.store.run(key).key
        return page("run", key=key) if full == key else redirect(f"/runs/{full}", 302)

    @site.get("/tasks")
    def tasks() -> Response:
        return page("tasks", q=request.args.get("q", ""), before=request.args.get("before", ""))

    @site.get("/tasks/<id>")
    def task(id: str) -> Response:
        return page("task", id=id)

    return site
