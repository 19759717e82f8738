"""The same data as JSON, for tools. Objects have the fields of `procscope … --json` and those the pages add."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from procscope.dashboard.views import Desk, subscribe


def blueprint(desk: Desk) -> Blueprint:
    """The API over `desk`."""
    site = Blueprint("api", __name__, url_prefix="/api")

    def answer(view: str, **params: str) -> Response:
        model = desk.model(subscribe({"view": view, "params": params}))
        response = jsonify(model)
        response.status_code = 400 if model.get("error") else 200
        return response

    @site.get("/health")
    def health() -> Response:
        """Whether we answer and can read the database; says nothing else, as anyone may ask."""
        desk.store.rev()
        return jsonify(ok=True)

    @site.get("/overview")
    def overview() -> Response:
        return answer("overview")

    @site.get("/runs/<key>")
    def run(key: str) -> Response:
        return answer("run", key=desk.store.run(key).key)

    @site.get("/tasks")
    def tasks() -> Response:
        wanted = {name: request.args.get(name, "") for name in ("q", "before", "limit")}
        return answer("tasks", **wanted)

    @site.get("/tasks/<id>")
    def task(id: str) -> Response:
        return answer("task", id=id)

    return site
