"""Every page, with a realistic database and with an empty one, readable before any script runs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.dashboard.app import asset
from tests.support.dashboards import Site, site

BOOT = re.compile(r'<script[^>]*id="boot"[^>]*>(.*?)</script>', re.DOTALL)
INLINE_STYLE = re.compile(r"<[^>]+\sstyle=")
HANDLER = re.compile(r"<[^>]+\son[a-z]+=")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("full"), tasks=300) as found:
        yield found


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


def paths(site: Site) -> list[str]:
    live = site.live
    over = [f"/runs/{key}" for key in site.seeded.past.values()] if site.seeded else []
    tasks = [f"/tasks/{number}" for number in (live.stuck_task, live.lost_task, live.failed_task)]
    return ["/", f"/runs/{live.run}", *over, "/tasks", "/tasks?q=state:failed", *tasks]


def test_every_page_is_whole_and_boots_from_the_data_it_shows(full: Site) -> None:
    viewer = full.viewer()
    for path in paths(full):
        answer = viewer.get(path)
        assert answer.status_code == 200, path
        boot = BOOT.search(answer.text)
        assert boot is not None, path
        model = json.loads(boot[1])["model"]
        assert model["view"] in ("overview", "run", "tasks", "task")
        assert "nightly" in answer.text or "task" in answer.text


def test_every_page_is_strict_about_what_it_runs(full: Site) -> None:
    viewer = full.viewer()
    nonces = set()
    for path in [*paths(full), "/login", "/nowhere", "/tasks?q=nonsense:1"]:
        answer = viewer.get(path)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)';", policy)
        assert nonce is not None
        nonces.add(nonce[1])
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
        for tag in re.findall(r"<(?:script|style)[^>]*>", answer.text):
            assert f'nonce="{nonce[1]}"' in tag, (path, tag)
        assert not INLINE_STYLE.search(answer.text), path
        assert not HANDLER.search(answer.text), path
    assert len(nonces) == len(paths(full)) + 3


def test_the_run_page_says_in_words_who_died_and_of_what(full: Site) -> None:
    text = full.viewer().get(f"/runs/{full.live.run}").text
    assert "SIGKILL" in text
    assert "nightly.py" in text


def test_an_empty_database_teaches_the_one_command(empty: Site) -> None:
    viewer = empty.viewer()
    assert "procscope run" in viewer.get("/").text
    assert viewer.get("/tasks").status_code == 200
    assert viewer.get("/runs/last").status_code == 404
    assert viewer.get("/tasks/1").status_code == 404


def test_a_run_is_found_by_its_beginning_and_by_last_and_redirected_to_its_address(full: Site) -> None:
    viewer = full.viewer()
    assert viewer.get(f"/runs/{full.live.run[:5]}").headers["Location"] == f"/runs/{full.live.run}"
    assert viewer.get("/runs/last").status_code == 302


@pytest.mark.parametrize("path", ["/runs/ffffffffffff", "/tasks/999999999", "/nowhere"])
def test_what_does_not_exist_is_a_page_that_says_so(full: Site, path: str) -> None:
    answer = full.viewer().get(path)
    assert answer.status_code == 404
    assert "<html" in answer.text


@pytest.mark.parametrize("path", ["/tasks/abc", "/tasks/" + "9" * 40, "/tasks?before=x", "/runs/..%2f"])
def test_nonsense_in_an_address_is_refused_and_never_a_fault_of_ours(full: Site, path: str) -> None:
    assert full.viewer().get(path).status_code in (400, 404)


def test_a_query_with_a_mistake_keeps_what_was_typed_beside_the_sentence(full: Site) -> None:
    answer = full.viewer().get("/tasks", query_string={"q": "state:brokn"})
    assert answer.status_code == 400
    assert "state:brokn" in answer.text
    assert "is not a state" in answer.text


def test_a_search_for_a_run_that_does_not_exist_is_an_answer_and_not_a_fault(full: Site) -> None:
    answer = full.viewer().get("/tasks", query_string={"q": "run:ffffffffffff"})
    assert answer.status_code in (200, 400)


def test_static_files_are_kept_for_ever_by_their_hash_and_checked_without(full: Site) -> None:
    stranger = full.stranger()
    with full.app.test_request_context():
        url = asset("css/tokens.css")
    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", url)
    hashed = stranger.get(url)
    assert hashed.status_code == 200
    assert "immutable" in hashed.headers["Cache-Control"]
    plain = stranger.get("/static/css/tokens.css")
    assert plain.headers["Cache-Control"] == "no-cache"
    again = stranger.get("/static/css/tokens.css", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    for answer in (hashed, plain, again):
        answer.close()


def test_a_fault_of_ours_is_a_page_without_a_traceback(full: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(full.parts.desk, "model", broken)
    answer = full.viewer().get("/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "<html" in answer.text


def test_more_workers_than_a_chart_has_lines_share_one(tmp_path: Path) -> None:
    with site(tmp_path, tasks=100, workers=40) as crowded:
        answer = crowded.viewer().get(f"/runs/{crowded.live.run}")
        assert answer.status_code == 200
        boot = BOOT.search(answer.text)
        assert boot is not None
        drawn = json.loads(boot[1])["model"]["charts"]
    for name in ("cpu", "memory"):
        lines = {line["name"]: line["values"] for line in drawn[name]["series"]}
        assert len(lines) == 12
        assert max(value for value in lines["others"] if value is not None) > 0


def test_a_silent_collector_makes_no_task_look_stuck(tmp_path: Path) -> None:
    """An hour after the collector was killed every task that ran then was marked as stuck, for 0 s."""
    with site(tmp_path, tasks=300, now_us=time.time_ns() // 1000 - 3_600_000_000) as old:
        viewer = old.viewer()
        overview = json.loads(BOOT.search(viewer.get("/").text)[1])["model"]  # type: ignore[index]
        run = json.loads(BOOT.search(viewer.get(f"/runs/{old.live.run}").text)[1])["model"]  # type: ignore[index]
    assert len(overview["running"]) > 1
    assert [line["stuck"] for line in overview["running"]].count(True) == 1, "the one that was stuck then"
    assert [bool(node["current"] and node["current"]["stuck"]) for node in run["nodes"] if "current" in node].count(
        True
    ) == 1
