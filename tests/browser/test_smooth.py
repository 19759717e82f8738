"""A run of a thousand workers and the endless list of tasks: no frame over 50 ms while scrolling, first content soon.

Two measures. The CPU time of the page's main thread in each frame, from the browser's own trace: what we cost, however
busy the machine is; always held. The wall time between frames: what one sees; held while the machine is quiet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Opener, Tab
from tests.browser.site import Site, serving

FRAME = 50.0
ALLOWANCE = 17.0
"""One frame of 60 a second: two cores draw in software, serve, and write the changes at the same time."""
FIRST_CONTENT = 1000.0
TRACED = ["devtools.timeline", "toplevel", "cc"]
SCROLL = """async ([step, frames]) => {
  const deltas = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < frames; i += 1) {
    scrollBy(0, (i < frames / 2 ? 1 : -1) * step);
    const now = await new Promise(requestAnimationFrame);
    deltas.push(now - last);
    last = now;
  }
  return deltas.sort((a, b) => a - b);
}"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A thousand workers at work."""
    home = tmp_path_factory.mktemp("crowd")
    home.chmod(0o700)
    with serving(home, tasks=20_000, workers=1000) as found:
        yield found


def _is_quiet() -> bool:
    return os.getloadavg()[0] < (os.cpu_count() or 1)


def frame_costs(trace: dict[str, Any]) -> list[float]:
    """Milliseconds of CPU that the renderer's main thread spent in each frame of a trace."""
    events = trace["traceEvents"]
    named = [e for e in events if e.get("name") == "thread_name"]
    main = {(e["pid"], e["tid"]) for e in named if e["args"].get("name") == "CrRendererMain"}
    frames = [e for e in events if e.get("name") == "ProxyMain::BeginMainFrame" and e.get("ph") == "X"]
    return sorted(e.get("tdur", 0) / 1000 for e in frames if (e["pid"], e["tid"]) in main)


def _scroll(browser: Browser, tab: Tab, step: int) -> tuple[float, float]:
    """Scroll down and up; the longest frame by CPU and by the clock (ms)."""
    browser.start_tracing(page=tab.page, categories=TRACED)
    try:
        deltas = tab.page.evaluate(SCROLL, [step, 100])
    finally:  # a test that fails meanwhile must not take the next one's trace along
        trace = browser.stop_tracing()
    costs = frame_costs(json.loads(trace))
    assert len(costs) > 50, "the trace has no frames: has the browser renamed them?"
    return costs[-1], deltas[-1]


def _assert_smooth(browser: Browser, tab: Tab, step: int) -> None:
    cost, longest = _scroll(browser, tab, step)
    for _ in range(4):  # a neighbour's hiccup is not ours: the best of five
        if cost <= FRAME and longest <= FRAME + ALLOWANCE:
            break
        again = _scroll(browser, tab, step)
        cost, longest = min(cost, again[0]), min(longest, again[1])
    # A processor that others share takes twice as long for the same work.
    assert cost <= FRAME * (1 if _is_quiet() else 2), f"{cost:.0f} ms of CPU in one frame"
    if _is_quiet():
        assert longest <= FRAME + ALLOWANCE, f"{longest:.0f} ms between two frames"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", [180, 600])
def test_the_tree_of_a_thousand_workers(crowd: Site, browser: Browser, open_tab: Opener, step: int) -> None:
    """A page that freezes just when there is much to see. (600 px a frame are 36,000 px a second.)"""
    assert crowd.seeded is not None
    tab = open_tab(crowd)
    page = tab.open(f"/runs/{crowd.seeded.live.run}")
    page.wait_for_timeout(500)  # the first samples have come; what is measured is scrolling
    assert page.locator("[role=treeitem]").count() < 120
    _assert_smooth(browser, tab, step)
    tab.assert_clean()


@pytest.mark.timeout(300)
def test_the_list_of_tasks(crowd: Site, browser: Browser, open_tab: Opener) -> None:
    """A list that stutters at every page it fetches."""
    tab = open_tab(crowd)
    tab.open("/tasks")
    _assert_smooth(browser, tab, 180)
    tab.assert_clean()


def test_first_content_comes_soon(crowd: Site, open_tab: Opener) -> None:
    """A white page while a megabyte of rows is made ready."""
    assert crowd.seeded is not None
    tab = open_tab(crowd)
    times = []
    for _ in range(3):
        page = tab.open(f"/runs/{crowd.seeded.live.run}")
        times.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert min(times) <= FIRST_CONTENT * (1 if _is_quiet() else 4)
