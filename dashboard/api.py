"""The same data as JSON, for tools: the objects that `procscope … --json` prints, and the overview's model."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from procscope.dashboard.presenters.incidents import incident_line
from procscope.dashboard.presenters.task_lines import task_line
from procscope.dashboard.views import Desk, subscribe
from procscope.dashboard.words import iso
from procscope.runtime.diagnosis import diagnose, speedup
from procscope.runtime.errors import BadQueryError
from procscope.runtime.store.query_grammar import parse
from procscope.runtime.store.rows import Task
from procscope.runtime.store.sync_wire import edge_objects, primitive_object
from procscope.runtime.store.wire import log_object, run_object, task_object, tree_objects

_FEW = 50
_MANY = 1000


def blueprint(desk: Desk) -> Blueprint:
    """The API over `desk`."""
    site = Blueprint("api", __name__, url_prefix="/api")
    answers = _Answers(desk)
    site.add_url_rule("/health", "health", answers.health)
    site.add_url_rule("/overview", "overview", answers.overview)
    site.add_url_rule("/runs", "runs", answers.runs)
    site.add_url_rule("/runs/<key>", "run", answers.run)
    site.add_url_rule("/runs/<key>/speedup", "speedup", answers.speedup)
    site.add_url_rule("/runs/<key>/sync", "sync", answers.sync)
    site.add_url_rule("/tasks", "tasks", answers.tasks)
    site.add_url_rule("/tasks/<number>", "task", answers.task)
    return site


class _Answers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store

    def health(self) -> Response:
        """Whether we answer and can read the database; says nothing else, as anyone may ask."""
        self._store.rev()
        return jsonify(ok=True)

    def overview(self) -> Response:
        return jsonify(self._desk.model(subscribe({"view": "overview"})))

    def runs(self) -> Response:
        limit = _number("limit") or _FEW
        found = self._store.runs(limit, _number("before"))
        return jsonify(rows=[run_object(run) for run in found], next=found[-1].id if len(found) == limit else None)

    def run(self, key: str) -> Response:
        found = self._store.run(key)
        return jsonify({**run_object(found), "tree": self._tree(found.id)})

    def _tree(self, run_id: int) -> list[dict[str, Any]]:
        return tree_objects(self._store.processes(run_id), pools=self._store.pools(run_id))

    def speedup(self, key: str) -> Response:
        """What the time of each pool's workers went to."""
        judged = [speedup.judged(load) for load in self._store.loads(self._store.run(key).id)]
        return jsonify(pools=[speedup.as_object(one) for one in judged if one is not None])

    def sync(self, key: str) -> Response:
        with self._store.snapshot():
            run = self._store.run(key)
            primitives, edges = self._store.primitives(run.id), self._store.edges(run.id)
            incidents = [one for one in diagnose(self._store.facts()) if one.run == run.key]
        texts = {one.id: [found.text for found in incidents if one.id in found.primitives] for one in primitives}
        return jsonify(
            rows=[primitive_object(one, texts[one.id]) for one in primitives],
            edges=edge_objects(edges, primitives),
            incidents=[incident_line(incident) for incident in incidents],
        )

    def tasks(self) -> Response:
        query = parse(request.args.get("q", ""))
        with self._store.snapshot():
            page = self._store.tasks(query, before=_number("before"), limit=_number("limit") or _FEW)
            names = {key: self._store.run(key).name for key in {task.run_key for task in page.rows}}
        rows = [_task(task, names[task.run_key]) for task in page.rows]
        return jsonify(query=query.text, rows=rows, next=page.next, searched_to=iso(page.searched_to_us))

    def task(self, number: str) -> Response:
        subscription = subscribe({"view": "task", "params": {"id": number}})
        detail = self._store.task(int(dict(subscription.params)["id"]))
        logs = [log_object(line) for line in detail.logs]
        return jsonify({**_task(detail.task, detail.run.name), "logs": logs})


def _task(task: Task, run_name: str) -> dict[str, Any]:
    """The command line's object and what the page's rows have besides; `id` is a string, as browsers need it."""
    printed = task_object(task)
    return {**printed, **task_line(task, run_name), "exception": printed["exception"]}


def _number(name: str) -> int | None:
    """A parameter as a number, `limit` within bounds, None if it is not given; raises BadQueryError."""
    given = request.args.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise BadQueryError(f"{name} cannot be {given[:40]!r}: give a whole number")
    return max(1, min(_MANY, int(given))) if name == "limit" else int(given)
