"""Every page in both themes and widths: nothing in the console, nothing refused, nothing sideways, nothing jumping."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener, probe
from tests.browser.site import Site

PAGES = [
    "overview", "run", "past run", "locks and queues", "tasks", "failures", "failed task", "lost task", "running task",
]  # fmt: skip
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
JUMP = 0.05
"""Cumulative layout shift that nobody notices; 0.1 is the usual limit of a good page."""


def path_of(site: Site, name: str) -> str:
    """The address of a page by its name."""
    assert site.seeded is not None
    live, past = site.seeded.live, site.seeded.past
    return {
        "overview": "/",
        "run": f"/runs/{live.run}",
        "past run": f"/runs/{past['killed']}",
        "locks and queues": f"/runs/{live.run}/sync",
        "tasks": "/tasks",
        "failures": "/tasks?q=state%3Afailed",
        "failed task": f"/tasks/{live.failed_task}",
        "lost task": f"/tasks/{live.lost_task}",
        "running task": f"/tasks/{live.stuck_task}",
    }[name]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_clean_and_fits(site: Site, open_tab: Opener, theme: str, width: int) -> None:
    """A page that scrolls sideways on the phone of whoever is paged, or logs errors that nobody reads."""
    tab = open_tab(site, width=width, height=844, color_scheme=theme)
    for name in PAGES:
        page = tab.open(path_of(site, name))
        expect(page.locator("main h1")).to_have_count(1)
        expect(page.locator("main .section, main .list").first).to_be_visible()
        assert page.evaluate(SIDEWAYS) <= 0, name
        assert page.evaluate("window.__shift") <= JUMP, (name, page.evaluate("window.__moved"))
        tab.assert_clean()


@pytest.mark.parametrize("width", [768, 1024, 1920, 2560, 3840])
def test_no_width_is_forgotten(site: Site, open_tab: Opener, width: int) -> None:
    """A layout tried at two widths only breaks at a third."""
    tab = open_tab(site, width=width, height=1000)
    for name in PAGES:
        page = tab.open(path_of(site, name))
        assert page.evaluate(SIDEWAYS) <= 0, name
    tab.assert_clean()


def test_nothing_was_ever_run(empty_site: Site, open_tab: Opener) -> None:
    """An empty dashboard that shows five zeros instead of the one command to type."""
    tab = open_tab(empty_site, permissions=["clipboard-read", "clipboard-write"])
    page = tab.page
    page.goto(empty_site.url)
    expect(page.locator("main h1")).to_have_text("Nothing has been run yet.")
    expect(page.locator("body")).not_to_have_class("no-js")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "procscope run job.py"
    tab.assert_clean()


def test_the_theme_is_kept(site: Site, open_tab: Opener) -> None:
    """A theme that must be chosen again on every page."""
    tab = open_tab(site, color_scheme="light")
    page = tab.open("/")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator("[data-act=theme]").click()
    page.locator("[data-act=theme]").click()
    page = tab.open("/tasks")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    tab.assert_clean()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(site: Site, open_tab: Opener, theme: str) -> None:
    """Grey on grey: every text has a contrast of 4.5 to 1 against what is behind it."""
    tab = open_tab(site, color_scheme=theme)
    for name in ("overview", "run", "locks and queues", "failures", "failed task"):
        page = tab.open(path_of(site, name))
        page.wait_for_timeout(200)  # the fade-in of rows is over; it changes what is measured
        assert page.evaluate(probe("contrast")) == [], name
