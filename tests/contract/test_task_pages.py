"""Pages of tasks: every query against what plain Python makes of all rows, and the seams between pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from procscope.runtime.errors import NotFoundError
from procscope.runtime.store.queries import task_scan
from procscope.runtime.store.query_grammar import parse
from procscope.runtime.store.rows import Task
from tests.contract.conftest import NOW, Picture

SECOND = 1_000_000


def everything(picture: Picture, text: str, limit: int = 50) -> list[Task]:
    """All pages of a query, one after the other."""
    rows: list[Task] = []
    before: int | None = None
    while True:
        page = picture.store.tasks(parse(text), before=before, limit=limit, now_us=picture.now_us)
        rows += page.rows
        if page.next is None:
            return rows
        assert before is None or page.next < before
        before = page.next


def changed(task: Task) -> int:
    """When a task last changed."""
    return task.finished_us or task.started_us or task.submitted_us or 0


def said(task: Task) -> str:
    """All text of a task in which words are looked for."""
    return "\n".join(
        text for text in (task.func, task.args, task.reason, task.error_type, task.error_message) if text
    ).lower()


CASES: dict[str, Callable[[Task], bool]] = {
    "": lambda task: True,
    "state:failed": lambda task: task.state == "failed",
    "state:lost,failed": lambda task: task.state in ("lost", "failed"),
    "state:running": lambda task: task.state == "running",
    "state:pending": lambda task: task.state == "pending",
    "state:pending,running": lambda task: task.state in ("pending", "running"),
    "-state:succeeded": lambda task: task.state != "succeeded",
    "state:failed -state:failed": lambda task: False,
    "func:resize": lambda task: task.func == "nightly.resize",
    "func:nope": lambda task: False,
    "-func:work": lambda task: not task.func.endswith(".work"),
    "func:*.work": lambda task: task.func.endswith(".work"),
    "func:work state:failed": lambda task: task.func.endswith(".work") and task.state == "failed",
    "run:last": lambda task: task.run_key == "4f21c9aa01bd",
    "run:last,77e": lambda task: task.run_key in ("4f21c9aa01bd", "77e0913ddc5f"),
    "run:thumbs.py": lambda task: task.run_key == "77e0913ddc5f",
    "run:zzz": lambda task: False,
    "-run:last state:failed": lambda task: task.run_key != "4f21c9aa01bd" and task.state == "failed",
    "worker:4127": lambda task: task.pid == 4127,
    "worker:4127,4131": lambda task: task.pid in (4127, 4131),
    "-worker:4127 func:resize": lambda task: task.pid != 4127 and task.func == "nightly.resize",
    "worker:4127,4128,4129,4130,4138": lambda task: task.pid in (4127, 4128, 4129, 4130, 4138),
    "worker:1": lambda task: False,
    "pool:images": lambda task: task.pool == "images",
    "-pool:images run:last": lambda task: task.pool != "images" and task.run_key == "4f21c9aa01bd",
    "slower:1s": lambda task: (task.duration_us or 0) >= SECOND,
    "slower:4s": lambda task: (task.duration_us or 0) >= 4 * SECOND,
    "slower:1h": lambda task: False,
    "slower:5ms -slower:6ms": lambda task: 5000 <= (task.duration_us or 0) < 6000,
    "slower:1s state:failed": lambda task: (task.duration_us or 0) >= SECOND and task.state == "failed",
    "since:2m": lambda task: changed(task) >= NOW - 120 * SECOND,
    "since:4h state:failed": lambda task: changed(task) >= NOW - 14400 * SECOND and task.state == "failed",
    "refused": lambda task: "refused" in said(task),
    "TRUNCATED state:failed": lambda task: "truncated" in said(task),
    "IMG_023": lambda task: "img_023" in said(task),
    "resize png -img_00": lambda task: "resize" in said(task) and "png" in said(task) and "img_00" not in said(task),
    "%": lambda task: "%" in said(task),
    "s3://bucket/23": lambda task: "s3://bucket/23" in said(task),
    "sigkill": lambda task: "sigkill" in said(task),
    "nothing-has-this": lambda task: False,
    "run:last worker:4127 func:resize slower:2s": lambda task: (
        task.pid == 4127 and task.func == "nightly.resize" and (task.duration_us or 0) >= 2 * SECOND
    ),
}


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("scan", [None, 60])
def test_queries_find_exactly_what_they_mean(
    picture: Picture, text: str, scan: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index chosen wrongly, or a page's edge, loses a failed task: the one that was looked for."""
    if scan:
        monkeypatch.setattr(task_scan, "SCAN", scan)
        monkeypatch.setattr(task_scan, "SCAN_INDEXED", scan)
        monkeypatch.setattr(task_scan, "PROBE", 20)
        monkeypatch.setattr(task_scan, "STREAMS", 2)
    ids = [row[0] for row in picture.store._rows("SELECT id FROM tasks ORDER BY id DESC")]
    wanted = [task.id for task in picture.store.tasks_by_id(ids) if CASES[text](task)]
    assert [task.id for task in everything(picture, text, limit=20 if scan else 50)] == wanted


def test_a_rare_word_never_blocks(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search over ten million rows answers at once, and says how far it got."""
    monkeypatch.setattr(task_scan, "SCAN", 100)
    page = picture.store.tasks(parse("nothing-has-this"), limit=50)
    assert page.rows == []
    assert page.next is not None
    last = picture.store.tasks_by_id([page.next])[0]
    assert page.searched_to_us == changed(last)


def test_a_full_page_is_followed_by_the_next(picture: Picture) -> None:
    """The last row of a page must not be the first of the next."""
    first = picture.store.tasks(parse("state:failed"), limit=3)
    assert len(first.rows) == 3
    assert first.next == first.rows[-1].id
    second = picture.store.tasks(parse("state:failed"), before=first.next, limit=50)
    assert second.next is None
    assert {task.id for task in first.rows}.isdisjoint(task.id for task in second.rows)


def test_a_task_comes_with_all_that_belongs_to_it(picture: Picture) -> None:
    """The Task page is one question."""
    live = picture.seeded.live
    lost = picture.store.task(live.lost_task)
    assert (lost.task.state, lost.task.index, lost.task.pid, lost.task.batch_total) == ("lost", 23, 4131, 40)
    assert lost.task.reason == "worker 4131 was killed by SIGKILL"
    assert lost.process is not None
    assert lost.process.signal == 9
    assert lost.pool is not None
    assert lost.batch is not None
    assert lost.memory.rss[-1] > lost.memory.rss[0]  # type: ignore[operator]
    assert lost.quantiles is not None
    assert lost.quantiles.p50_us == pytest.approx(40_000, rel=0.2)
    assert live.lost_task in [one.id for one in lost.recent]


def test_a_failed_task_brings_frames_and_causes(picture: Picture) -> None:
    """The cause is what has to be fixed, and it is two exceptions down."""
    found = [task for task in everything(picture, "func:fetch state:failed") if task.raised]
    raised = found[0].raised
    assert raised is not None
    assert raised.frames[0].ours
    assert raised.causes[0].type == "ConnectionRefusedError"
    detail = picture.store.task(found[0].id)
    assert detail.failure is not None
    assert detail.failure.raised == raised


def test_an_unknown_task_is_not_found(picture: Picture) -> None:
    """Not a page of blanks."""
    with pytest.raises(NotFoundError, match="there is no task 999999"):
        picture.store.task(999_999)
    assert picture.store.tasks_by_id([999_999]) == []
