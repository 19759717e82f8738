"""From a worker of a real job to an open page: the journal, the collector, the database, the poller, the socket."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from procscope.dashboard.delta import apply
from tests.support.dashboards import Viewer, served
from tests.support.waiting import wait_until

JOB = """
import multiprocessing, os, sys, time

def first(path, name):
    with open(path, "w") as file:
        file.write(str(time.time()))
    while not os.path.exists(path + ".go"):
        time.sleep(0.01)

if __name__ == "__main__":
    with multiprocessing.Pool(1) as pool:
        for name in ("warm", "measured"):
            while not os.path.exists(sys.argv[1] + name + ".start"):
                time.sleep(0.01)
            pool.apply(first, (sys.argv[1] + name, name))
"""


class Watcher:
    """A viewer that keeps the overview's model as a browser does."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        viewer.emit("watch", {"view": "overview"})
        body = viewer.next()[1]
        self.model: dict[str, Any] = body["model"]
        viewer.emit("ack", {"n": body["n"]})

    def running(self) -> list[str]:
        """Argument previews of what runs now, after the next message."""
        got = self.viewer.receive(timeout=0.05)
        if got is not None and got[0] == "delta":
            self.viewer.emit("ack", {"n": got[1]["n"]})
            self.model = apply(self.model, got[1])
        return [line["args"] or "" for line in self.model["running"] if line["func"].endswith("first")]


@pytest.mark.timeout(90)
def test_a_task_that_starts_in_a_worker_shows_in_the_open_page_within_a_second(state_dir: Path, tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(JOB)
    mark = tmp_path / "mark-"
    with served(state_dir) as (site, port):
        watcher = Watcher(Viewer(site.cookie, port))
        job = subprocess.Popen([sys.executable, "-m", "procscope", "run", "--quiet", str(script), str(mark)])
        try:
            for name in ("warm", "measured"):
                Path(f"{mark}{name}.start").touch()
                wait_until(lambda name=name: any(f"'{name}'" in args for args in watcher.running()), 30)  # type: ignore[misc]
                delay = time.time() - float(Path(f"{mark}{name}").read_text())
                Path(f"{mark}{name}.go").touch()
            assert delay < 1.0, f"the change took {delay:.3f} s"
            assert job.wait(30) == 0
            wait_until(lambda: watcher.running() == [] and watcher.model["runs"][0]["state"] == "finished", 30)
        finally:
            job.kill()
            job.wait(10)
            watcher.viewer.close()
