"""A real headless Chromium, and pages that remember everything that went wrong in them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.site import Site, serving

CHROMIUM = os.environ.get("PROCSCOPE_TEST_CHROMIUM", "/usr/bin/chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def probe(name: str) -> str:
    """A script to run in the page: js/NAME.probe.js."""
    return (Path(__file__).parent / "js" / f"{name}.probe.js").read_text()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@dataclass
class Tab:
    """A page and the complaints of its console."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to `path` and wait until the scripts have taken over and heard from the server."""
        self.page.goto(self.site.url.rstrip("/") + path)
        self.page.wait_for_selector(".link-box .link:not(.rest)")
        return self.page

    def until(self, expression: str, timeout: float = 5.0) -> None:
        """Wait until `expression` is true in the page; Playwright's own wait needs an eval that our policy refuses."""
        end = time.monotonic() + timeout
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            self.page.wait_for_timeout(30)

    def assert_clean(self) -> None:
        """No error in the console, nothing that the policy refused."""
        assert self.complaints == []
        assert self.page.evaluate("window.__violations") == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A dashboard over the seeded picture."""
    with serving(_home(tmp_path_factory)) as found:
        yield found


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A dashboard of someone who has not run anything yet."""
    with serving(_home(tmp_path_factory), seeded=False) as found:
        yield found


def _home(factory: pytest.TempPathFactory) -> Path:
    home = factory.mktemp("dashboard")
    home.chmod(0o700)
    return home


Opener = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Opener]:
    """Makes tabs that came by the link with the token: `open_tab(site, width=…, **context options)`."""
    contexts: list[BrowserContext] = []

    def make(site: Site, *, width: int = 1440, height: int = 900, **options: Any) -> Tab:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(probe("watch"))
        page = context.new_page()
        tab = Tab(page, site)
        page.on("console", lambda m: tab.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        page.goto(site.door)
        return tab

    yield make
    for context in contexts:
        context.close()
