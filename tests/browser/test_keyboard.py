"""All of it without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.site import Site


def test_moving_opening_and_going_back(site: Site, open_tab: Opener) -> None:
    """Whoever is paged has one hand on the phone."""
    assert site.seeded is not None
    tab = open_tab(site)
    page = tab.open("/tasks?q=state%3Afailed")
    page.keyboard.press("j")
    expect(page.locator("a.task-row").nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("a.task-row").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    page.wait_for_selector(".link-box .link:not(.rest)")
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]+$"))
    tab.assert_clean()


def test_slash_searches_from_anywhere(site: Site, open_tab: Opener) -> None:
    """A search that is four tabs away."""
    tab = open_tab(site)
    page = tab.open("/")
    page.keyboard.press("/")
    page.wait_for_url(re.compile(r"/tasks"))
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("#q")).to_have_value("jk?")


def test_the_sheet_opens_and_closes(site: Site, open_tab: Opener) -> None:
    """Keys nobody can find out."""
    page = open_tab(site).page
    page.goto(site.url)
    page.wait_for_selector(".link-box .link:not(.rest)")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_pool_folds(site: Site, open_tab: Opener) -> None:
    """A tree of a thousand workers that cannot be folded away."""
    assert site.seeded is not None
    tab = open_tab(site)
    page = tab.open(f"/runs/{site.seeded.live.run}")
    pool = page.locator("[role=treeitem]", has_text="images")
    pool.focus()
    page.keyboard.press("h")
    expect(pool).to_have_attribute("aria-expanded", "false")
    expect(page.locator("[role=treeitem]", has_text="4127")).to_have_count(0)
    page.keyboard.press("l")
    expect(page.locator("[role=treeitem]", has_text="4127")).to_have_count(1)
    tab.assert_clean()
