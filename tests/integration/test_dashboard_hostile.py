"""What a program puts into its arguments, names and errors reaches a page as text and as nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import text

from procscope.runtime.store.engine import open_engine
from tests.support.dashboards import Site, site

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{7919*7907}} \" ' &amp; \u2028"


@pytest.fixture
def poisoned(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, tasks=100) as found:
        engine = open_engine(found.settings.database_url)
        with engine.begin() as connection:
            for change in (
                "UPDATE tasks SET args = :x, reason = :x, thread = :x",
                "UPDATE functions SET name = :x || id",
                "UPDATE failures SET type = :x, message = :x",
                "UPDATE processes SET name = :x, current_args = :x, reason = :x, target = :x",
                "UPDATE pools SET name = :x || id",
                "UPDATE runs SET name = :x, cwd = :x, notes = :j, argv = :j",
            ):
                names = {"x": HOSTILE, "j": json.dumps([HOSTILE])}
                connection.execute(text(change), {name: value for name, value in names.items() if f":{name}" in change})
        engine.dispose()
        yield found


def test_hostile_text_stays_text_on_every_page(poisoned: Site) -> None:
    viewer = poisoned.viewer()
    live = poisoned.live
    for path in ("/", f"/runs/{live.run}", "/tasks", f"/tasks/{live.failed_task}", f"/tasks/{live.lost_task}"):
        answer = viewer.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert "62615533" not in answer.text, path
        boot = re.search(r'<script[^>]*id="boot"[^>]*>(.*?)</script>', answer.text, re.DOTALL)
        assert boot is not None
        assert "alert(1)" in json.dumps(json.loads(boot[1]))
        assert "alert(1)" in unescape(answer.text.replace(boot[0], "")), f"{path} does not show it at all"


def test_a_hostile_query_stays_in_its_field(poisoned: Site) -> None:
    answer = poisoned.viewer().get("/tasks", query_string={"q": f'"{HOSTILE[:40]}" nonsense:<b>'})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "nonsense:<b>" not in answer.text


def test_a_hostile_address_is_not_echoed_as_markup(poisoned: Site) -> None:
    for path in ("/runs/<script>alert(1)", "/<script>alert(1)", "/tasks/<script>"):
        answer = poisoned.viewer().get(path)
        assert answer.status_code in (400, 404)
        assert "<script>alert" not in answer.text


def test_json_is_never_taken_for_a_page(poisoned: Site) -> None:
    answer = poisoned.viewer().get("/api/tasks")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
