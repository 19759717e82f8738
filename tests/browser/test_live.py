"""The open page follows the database: within a second, without moving what one points at, and honest when it cannot."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from procscope.runtime.store import schema
from tests.browser.conftest import Opener, probe
from tests.browser.site import Site, now_us

SOON = 1000
"""Milliseconds from a committed row to the page."""


def test_a_change_shows_within_a_second(site: Site, open_tab: Opener) -> None:
    """A worker that died a minute ago and is still shown at work."""
    assert site.seeded is not None
    live = site.seeded.live
    tab = open_tab(site)
    page = tab.open(f"/runs/{live.run}")
    page.locator("#tree").scroll_into_view_if_needed()
    page.keyboard.press("End")
    row = page.locator("[role=treeitem]", has_text="4128")
    expect(row).to_be_visible()
    processes = schema.processes.c
    page.evaluate(probe("seen"), "caught a cold")
    began = time.time() * 1000
    site.change(
        schema.processes, processes.pid == 4128, {"state": "failed", "reason": "caught a cold", "ended_us": now_us()}
    )
    tab.until("window.__seen > 0")
    assert page.evaluate("window.__seen") - began <= SOON
    expect(row).to_contain_text("caught a cold")
    tab.assert_clean()


def test_ages_tick(site: Site, open_tab: Opener) -> None:
    """An age that stands still looks like a page that hangs."""
    tab = open_tab(site)
    page = tab.open("/")
    age = page.locator(".now-row .age time").first
    first = age.text_content()
    expect(age).not_to_have_text(str(first), timeout=5000)


def test_silence_of_the_collector_is_said(site: Site, open_tab: Opener) -> None:
    """Old data passed off as fresh."""
    tab = open_tab(site)
    page = tab.open("/")
    site.beating.clear()
    try:
        expect(page.locator(".link.stale")).to_contain_text("Stale since", timeout=15_000)
        age = page.locator(".now-row .age time").first
        frozen = age.text_content()
        page.wait_for_timeout(2200)
        assert age.text_content() == frozen
    finally:
        site.beating.set()
    expect(page.locator(".link.stale")).to_have_count(0, timeout=15_000)


def test_a_lost_connection_is_said_and_mended(site: Site, open_tab: Opener) -> None:
    """A laptop that slept: the page must say so, and come back by itself."""
    tab = open_tab(site)
    page = tab.open("/")
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator(".link.stale")).to_contain_text("reconnecting", timeout=60_000)
    page.context.set_offline(False)
    expect(page.locator(".link.stale")).to_have_count(0, timeout=15_000)
    expect(page.locator(".link")).to_contain_text("live")


def test_a_row_under_the_pointer_keeps_its_place(site: Site, open_tab: Opener) -> None:
    """A click that opens another task than the one pointed at, because the row above it just ended."""
    assert site.seeded is not None
    live = site.seeded.live
    tab = open_tab(site)
    page = tab.open("/")
    rows = page.locator(".now-row")
    rows.nth(0).hover()
    before = page.locator(".now-row .call").all_text_contents()
    ended = {"state": 2, "finished_us": now_us(), "duration_us": 1_000_000}
    processes = schema.processes
    site.change(processes, processes.c.id == live.stuck_process, {"current_func": None, "current_since_us": None})
    site.change(schema.tasks, schema.tasks.c.id == live.stuck_task, ended)
    expect(rows.nth(0)).to_have_class("row now-row stuck gone", timeout=10_000)
    assert page.locator(".now-row .call").all_text_contents() == before
    page.mouse.move(5, 5)
    expect(rows).to_have_count(len(before) - 1)
    tab.assert_clean()
