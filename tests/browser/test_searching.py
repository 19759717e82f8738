"""The tasks page: ask, be helped, be told what was wrong, share the address, go on without end."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.site import Site


def test_asking_changes_the_address_and_back_undoes_it(site: Site, open_tab: Opener) -> None:
    """A view that cannot be pasted into a chat."""
    tab = open_tab(site)
    page = tab.open("/tasks")
    page.locator("#q").fill("state:failed")
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=state%3Afailed$"))
    expect(page.locator(".task-row.succeeded")).to_have_count(0)
    expect(page.locator(".task-row.failed").first).to_be_visible()
    page.go_back()
    expect(page.locator(".task-row.succeeded").first).to_be_visible()
    expect(page.locator("#q")).to_have_value("")
    tab.assert_clean()


def test_the_grammar_completes_itself(site: Site, open_tab: Opener) -> None:
    """A grammar one has to look up."""
    tab = open_tab(site)
    page = tab.open("/tasks")
    page.locator("#q").click()
    page.keyboard.type("sta")
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_have_value("state:")
    page.keyboard.type("lo")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("state:lost ")
    page.keyboard.press("Escape")
    page.locator("#q").press("Enter")
    expect(page.locator(".task-row.lost").first).to_be_visible()
    tab.assert_clean()


def test_a_bad_query_is_explained(site: Site, open_tab: Opener) -> None:
    """'400 Bad Request' for a typing error at 3 in the morning."""
    page = open_tab(site).page
    page.goto(f"{site.url}tasks")
    page.wait_for_selector(".link-box .link:not(.rest)")
    page.locator("#q").fill("stat:failed")
    page.locator("#q").press("Enter")
    expect(page.locator(".search [role=alert]")).to_contain_text("there is no filter 'stat'")
    expect(page.locator(".grammar")).to_be_visible()
    page.locator("#q").fill("state:failed")
    page.locator("#q").press("Enter")
    expect(page.locator(".task-row.failed").first).to_be_visible()
    expect(page.locator(".search [role=alert]")).to_have_count(0)


def test_older_tasks_come_as_one_scrolls(site: Site, open_tab: Opener) -> None:
    """A list that ends at a hundred."""
    tab = open_tab(site)
    page = tab.open("/tasks")
    before = page.evaluate("document.documentElement.scrollHeight")
    page.keyboard.press("End")
    tab.until(f"document.documentElement.scrollHeight > {before * 1.8}", timeout=15)
    rows = page.locator(".task-row[data-row]")
    assert rows.count() < 150, "rows that nobody sees are not in the document"
    tab.assert_clean()


def test_no_answer_is_an_answer(site: Site, open_tab: Opener) -> None:
    """An empty list that does not say whether it is still searching."""
    page = open_tab(site).open("/tasks?q=zebra")
    expect(page.locator(".none")).to_contain_text("No task matches")
