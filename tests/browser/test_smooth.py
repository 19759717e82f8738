"""A run of a thousand workers and the endless list of tasks: no frame over 50 ms while scrolling, first content soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import Opener, Tab
from tests.browser.site import Site, serving

FRAME = 50.0
ALLOWANCE = 34.0
"""Two frames: a machine of two cores also draws in software, serves, and writes the changes while it scrolls."""
FIRST_CONTENT = 1000.0
SCROLL = """async ([step, frames]) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)));
  observer.observe({ type: 'longtask' });
  const deltas = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < frames; i += 1) {
    scrollBy(0, (i < frames / 2 ? 1 : -1) * step);
    const now = await new Promise(requestAnimationFrame);
    deltas.push(now - last);
    last = now;
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  observer.disconnect();
  deltas.sort((a, b) => a - b);
  return { longest: deltas[deltas.length - 1], p95: deltas[Math.floor(deltas.length * 0.95)], tasks };
}"""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A thousand workers at work."""
    home = tmp_path_factory.mktemp("crowd")
    home.chmod(0o700)
    with serving(home, tasks=20_000, workers=1000) as found:
        yield found


def _scroll(tab: Tab, step: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(3):  # a neighbour's hiccup is not ours: the best of three
        found = tab.page.evaluate(SCROLL, [step, 120])
        longest = max([found["longest"], *found["tasks"]])
        if not best or longest < best["longest"]:
            best = {"longest": longest, "p95": found["p95"]}
        if longest <= FRAME:
            break
    return best


@pytest.mark.parametrize("step", [180, 600])
def test_the_tree_of_a_thousand_workers(crowd: Site, open_tab: Opener, step: int) -> None:
    """A page that freezes just when there is much to see."""
    assert crowd.seeded is not None
    tab = open_tab(crowd)
    page = tab.open(f"/runs/{crowd.seeded.live.run}")
    page.wait_for_timeout(1000)
    assert page.locator("[role=treeitem]").count() < 120
    found = _scroll(tab, step)
    assert found["p95"] <= FRAME
    assert found["longest"] <= FRAME + ALLOWANCE
    tab.assert_clean()


def test_the_list_of_tasks(crowd: Site, open_tab: Opener) -> None:
    """A list that stutters at every page it fetches."""
    tab = open_tab(crowd)
    tab.open("/tasks")
    found = _scroll(tab, 600)
    assert found["p95"] <= FRAME
    assert found["longest"] <= FRAME + ALLOWANCE
    tab.assert_clean()


def test_first_content_comes_soon(crowd: Site, open_tab: Opener) -> None:
    """A white page while a megabyte of rows is made ready."""
    assert crowd.seeded is not None
    tab = open_tab(crowd)
    tab.open(f"/runs/{crowd.seeded.live.run}")  # the first request fills the caches of the server
    times = []
    for _ in range(3):
        page = tab.open(f"/runs/{crowd.seeded.live.run}")
        times.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    assert min(times) <= FIRST_CONTENT
