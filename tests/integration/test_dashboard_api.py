"""The API prints what the command line prints: tools that read one can read the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.dashboards import Site, site

TASK = {
    "id", "run", "pool", "batch", "index", "func", "state", "args", "submitted_at", "started_at", "finished_at",
    "wait_s", "run_s", "pid", "exception",
}  # fmt: skip
RUN = {"id", "name", "argv", "state", "exit_code", "started_at", "finished_at", "tasks", "workers", "dropped"}
NODE = {"pid", "kind", "name", "state", "exit_code", "signal", "tasks_done", "current", "cpu", "rss", "children"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("api"), tasks=300) as found:
        yield found


def test_objects_have_the_fields_that_tools_rely_on(full: Site) -> None:
    viewer = full.viewer()
    task = viewer.get(f"/api/tasks/{full.live.failed_task}").get_json()
    assert task.keys() >= TASK
    assert task["exception"].keys() >= {"type", "message", "traceback", "causes"}
    rows = viewer.get("/api/tasks?q=state:failed").get_json()["rows"]
    assert rows
    assert {row["state"] for row in rows} == {"failed"}
    run = viewer.get("/api/runs/last").get_json()
    assert run.keys() >= RUN
    assert run["tree"][0].keys() >= NODE
    assert viewer.get("/api/runs").get_json()["rows"][0].keys() >= RUN


def test_pages_of_tasks_follow_each_other_without_gap_or_overlap(full: Site) -> None:
    viewer = full.viewer()
    seen: list[int] = []
    before = ""
    while True:
        page = viewer.get(f"/api/tasks?limit=50&before={before}").get_json()
        seen += [int(row["id"]) for row in page["rows"]]
        if page["next"] is None:
            break
        before = page["next"]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) > 300


def test_pages_of_runs_follow_each_other_too(full: Site) -> None:
    viewer = full.viewer()
    first = viewer.get("/api/runs?limit=2").get_json()
    second = viewer.get(f"/api/runs?limit=50&before={first['next']}").get_json()
    keys = [run["id"] for run in first["rows"] + second["rows"]]
    assert len(keys) == len(set(keys)) > 2
    assert second["next"] is None


def test_the_browser_s_older_pages_have_what_its_rows_show(full: Site) -> None:
    row = full.viewer().get("/api/tasks?q=state:failed").get_json()["rows"][0]
    assert row.keys() >= {"href", "run_name", "of", "reason"}
    assert isinstance(row["id"], str)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/tasks?q=state:brokn", 400),
        ("/api/tasks?before=x", 400),
        ("/api/tasks?limit=-1", 400),
        ("/api/tasks/abc", 400),
        ("/api/tasks/999999", 404),
        ("/api/runs/ffffffffffff", 404),
        ("/api/nowhere", 404),
    ],
)
def test_mistakes_are_json_with_a_sentence(full: Site, path: str, status: int) -> None:
    answer = full.viewer().get(path)
    assert answer.status_code == status
    assert answer.get_json()["error"]


def test_a_limit_beyond_reason_is_cut(full: Site) -> None:
    assert len(full.viewer().get("/api/tasks?limit=999999").get_json()["rows"]) <= 1000
