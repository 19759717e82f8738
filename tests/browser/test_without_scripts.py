"""The pages before any script runs, or where none may: readable, with real data, and links that work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.site import Site


@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_can_be_read(site: Site, open_tab: Opener, width: int) -> None:
    """A blank page for whoever has scripts blocked, or whose vendored modules are missing."""
    assert site.seeded is not None
    live = site.seeded.live
    page = open_tab(site, width=width, java_script_enabled=False).page
    page.goto(site.url)
    expect(page.locator("main")).to_contain_text("nightly.py")
    expect(page.locator("main")).to_contain_text("need attention")
    page.locator(".run-row", has_text="nightly.py").click()
    expect(page.locator("h1")).to_contain_text("nightly.py")
    expect(page.locator("[role=treeitem]", has_text="4131")).to_contain_text("SIGKILL")
    page.goto(f"{site.url}tasks/{live.failed_task}")
    expect(page.locator(".verdict")).to_contain_text("image file is truncated")
    expect(page.locator(".path")).to_contain_text("submitted")


def test_a_search_is_a_form_and_its_pages_are_links(site: Site, open_tab: Opener) -> None:
    """A query bar that does nothing without scripts."""
    page = open_tab(site, java_script_enabled=False).page
    page.goto(f"{site.url}tasks")
    first = page.locator("a.task-row").first.get_attribute("href")
    page.get_by_role("link", name="Older").click()
    assert page.locator("a.task-row").first.get_attribute("href") != first
    page.locator("#q").fill("state:lost")
    page.locator("#q").press("Enter")
    expect(page.locator("a.task-row").first).to_contain_text("killed by SIGKILL")
    page.goto(f"{site.url}tasks?q=stat:lost")
    expect(page.locator("[role=alert]")).to_contain_text("there is no filter")


def test_what_the_program_said_is_escaped_once(site: Site, open_tab: Opener) -> None:
    """An apostrophe shown as &#39;, because escaped text was cut and escaped again."""
    page = open_tab(site, java_script_enabled=False).page
    for path in ("", f"runs/{site.seeded.live.run if site.seeded else ''}", "tasks"):
        page.goto(site.url + path)
        text = page.locator("main").inner_text()
        assert "&#" not in text
        assert "&lt;" not in text
