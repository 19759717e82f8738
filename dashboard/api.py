"""The same data as JSON, for tools: the objects that `procscope … --json` prints, and the overview's model."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from procscope.dashboard.views import Desk, subscribe
from procscope.dashboard.words import iso
from procscope.runtime.errors import BadQueryError
from procscope.runtime.store.query_grammar import parse
from procscope.runtime.store.wire import run_object, task_object, tree_objects

_FEW = 50
_MANY = 1000


def blueprint(desk: Desk) -> Blueprint:
    """The API over `desk`."""
    site = Blueprint("api", __name__, url_prefix="/api")
    store = desk.store

    @site.get("/health")
    def health() -> Response:
        """Whether we answer and can read the database; says nothing else, as anyone may ask."""
        store.rev()
        return jsonify(ok=True)

    @site.get("/overview")
    def overview() -> Response:
        return jsonify(desk.model(subscribe({"view": "overview"})))

    @site.get("/runs")
    def runs() -> Response:
        limit = _number("limit", _FEW)
        found = store.runs(limit, _number("before", None))
        return jsonify(rows=[run_object(run) for run in found], next=found[-1].id if len(found) == limit else None)

    @site.get("/runs/<key>")
    def run(key: str) -> Response:
        found = store.run(key)
        tree: list[dict[str, Any]] = tree_objects(store.processes(found.id))
        return jsonify({**run_object(found), "tree": tree})

    @site.get("/tasks")
    def tasks() -> Response:
        page = store.tasks(
            parse(request.args.get("q", "")), before=_number("before", None), limit=_number("limit", _FEW)
        )
        rows = [task_object(task) for task in page.rows]
        return jsonify(rows=rows, next=page.next, searched_to=iso(page.searched_to_us))

    @site.get("/tasks/<id>")
    def task(id: str) -> Response:
        subscription = subscribe({"view": "task", "params": {"id": id}})
        return jsonify(task_object(store.task(int(dict(subscription.params)["id"])).task))

    return site


def _number(name: str, default: Any) -> Any:
    """A parameter as a number, `limit` within bounds; raises BadQueryError."""
    given = request.args.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise BadQueryError(f"{name} cannot be {given[:40]!r}: give a whole number")
    return max(1, min(_MANY, int(given))) if name == "limit" else int(given)
