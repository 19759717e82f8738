"""Everything a program says is text: its names, arguments, exceptions and sources cannot become markup or script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from procscope.runtime.store import schema
from tests.browser.conftest import Opener, Tab
from tests.browser.site import Site

HOSTILE = (
    '<img src=x onerror="window.__owned=1"><script>window.__owned=2</script>\'"&lt;b&gt;</script>{{7*7}}${7*7}\u202e'
)


@pytest.fixture
def poisoned(site: Site) -> Site:
    """The seeded picture with hostile text in every place that a program can reach."""
    assert site.seeded is not None
    live = site.seeded.live
    columns: list[tuple[Any, dict[str, Any]]] = [
        (schema.functions, {"name": f"mod.{HOSTILE}"}),
        (schema.runs, {"name": HOSTILE, "cwd": HOSTILE, "host": HOSTILE}),
        (schema.processes, {"name": HOSTILE, "reason": HOSTILE, "current_args": HOSTILE}),
        (schema.pools, {"name": HOSTILE}),
        (schema.tasks, {"args": HOSTILE, "thread": HOSTILE}),
        (schema.failures, {"type": HOSTILE, "message": HOSTILE}),
    ]
    for table, values in columns:
        key = table.c.id
        rows = {"functions": key == 1, "tasks": key.in_([live.failed_task, live.lost_task])}.get(table.name, key > 0)
        site.change_text(table, rows, values)
    return site


def _is_harmless(tab: Tab) -> None:
    page = tab.page
    assert page.evaluate("window.__owned") is None
    assert page.locator("main img, main script, main b img").count() == 0
    expect(page.locator("main")).to_contain_text("<img src=x")
    tab.assert_clean()


@pytest.mark.parametrize("scripts", [True, False])
def test_it_stays_text(poisoned: Site, open_tab: Opener, scripts: bool) -> None:
    """One task's argument that takes over the dashboard of everyone who looks at it."""
    assert poisoned.seeded is not None
    live = poisoned.seeded.live
    tab = open_tab(poisoned, java_script_enabled=scripts)
    for path in ("/", f"/runs/{live.run}", "/tasks", f"/tasks/{live.failed_task}", f"/tasks/{live.lost_task}"):
        if scripts:
            tab.open(path)
            _is_harmless(tab)
        else:
            tab.page.goto(poisoned.url.rstrip("/") + path)
            assert tab.page.locator("main img, main script").count() == 0
            expect(tab.page.locator("main")).to_contain_text("<img src=x")


def test_a_query_is_text_too(site: Site, open_tab: Opener) -> None:
    """A link in a chat that runs a script in the dashboard of whoever opens it."""
    tab = open_tab(site)
    page = tab.open("/tasks?q=%22%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22")
    assert page.locator("main img").count() == 0
    expect(page.locator("#q")).to_have_value('"<img src=x onerror=alert(1)>"')
    tab.assert_clean()
