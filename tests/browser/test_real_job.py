"""The straight line: a real program, recorded by a real collector, followed in a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

JOB = """
import os, pathlib, sys, time
from multiprocessing import Pool

def nap(seconds):
    time.sleep(seconds)

def sit(seconds):
    pathlib.Path(sys.argv[1], "victim").write_text(str(os.getpid()))
    time.sleep(seconds)

if __name__ == "__main__":
    with Pool(2) as pool:
        pool.apply_async(sit, (600,))
        for _ in range(4000):
            pool.apply(nap, (0.05,))
"""


@pytest.fixture
def served(state_dir: Path) -> Iterator[str]:
    """The link that `procscope serve` prints."""
    server = subprocess.Popen(
        [sys.executable, "-m", "procscope", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    said = ""
    for line in server.stdout:
        said += line
        if found := re.search(r"http://\S+token=\S+", line):
            yield found.group(0)
            break
    else:
        pytest.fail(f"no link was printed: {said}")
    server.send_signal(signal.SIGTERM)
    server.stdout.close()
    server.wait(timeout=20)


@pytest.fixture
def job(tmp_path: Path, served: str) -> Iterator[Path]:
    """The program at work, started by `procscope run`; its directory."""
    (tmp_path / "job.py").write_text(JOB)
    command = [sys.executable, "-m", "procscope", "run", "--quiet", "--no-dashboard"]
    program = subprocess.Popen([*command, str(tmp_path / "job.py"), str(tmp_path)], start_new_session=True)
    yield tmp_path
    os.killpg(program.pid, signal.SIGKILL)
    program.wait(timeout=20)


@pytest.mark.slow
def test_a_killed_worker_is_seen_in_the_open_page(browser: Browser, served: str, job: Path) -> None:
    """The page that was open all night and did not say that a worker was gone."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served)
    page.locator(".run-row", has_text="job.py").click(timeout=30_000)
    page.wait_for_selector(".link-box .link:not(.rest)")
    victim = int(_read_soon(job / "victim"))
    row = page.locator("[role=treeitem]", has_text=str(victim))
    expect(row).to_contain_text("sit(600)", timeout=15_000)
    os.kill(victim, signal.SIGKILL)
    expect(row).to_contain_text("SIGKILL", timeout=5000)
    page.goto(re.sub(r"\?.*", "tasks?q=state%3Alost", served))
    expect(page.locator("a.task-row").first).to_contain_text("sit(600)", timeout=5000)
    assert complaints == []
    context.close()


def _read_soon(path: Path) -> str:
    from tests.support.waiting import wait_until

    return wait_until(lambda: path.read_text() if path.exists() else "", what=f"{path} is written")
