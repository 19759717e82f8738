"""The same data as JSON, for tools: the objects that `procscope … --json` prints, and the overview's model."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from procscope.dashboard.presenters.task_lines import task_line
from procscope.dashboard.views import Desk, subscribe
from procscope.dashboard.words import iso
from procscope.runtime.errors import BadQueryError
from procscope.runtime.store.query_grammar import parse
from procscope.runtime.store.rows import Task
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
        query, before, limit = parse(request.args.get("q", "")), _number("before", None), _number("limit", _FEW)
        with store.snapshot():
            page = store.tasks(query, before=before, limit=limit)
            names = {key: store.run(key).name for key in {task.run_key for task in page.rows}}
        rows = [_task(task, names[task.run_key]) for task in page.rows]
        return jsonify(query=query.text, rows=rows, next=page.next, searched_to=iso(page.searched_to_us))

    @site.get("/tasks/<id>")
    def task(id: str) -> Response:
        subscription = subscribe({"view": "task", "params": {"id": id}})
        detail = store.task(int(dict(subscription.params)["id"]))
        return jsonify(_task(detail.task, detail.run.name))

    return site


def _task(task: Task, run_name: str) -> dict[str, Any]:
    """The command line's object and what the page's rows have besides; `id` is a string, as browsers need it."""
    printed = task_object(task)
    return {**printed, **task_line(task, run_name), "exception": printed["exception"]}


def _number(name: str, default: Any) -> Any:
    """A parameter as a number, `limit` within bounds; raises BadQueryError."""
    given = request.args.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise BadQueryError(f"{name} cannot be {given[:40]!r}: give a whole number")
    return max(1, min(_MANY, int(given))) if name == "limit" else int(given)
