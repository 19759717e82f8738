"""Process life through the whole straight line: what `procscope tree` says while it happens and afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from procscope.runtime.diagnosis import diagnose
from procscope.runtime.settings import Settings
from procscope.runtime.store.queries import Store
from tests.integration.runs import PROCSCOPE, Object, asked, environment, last_run, run, write
from tests.support.waiting import wait_until

LEFT_BEHIND = """
    import multiprocessing as mp, os, sys, time

    def wait():
        while not os.path.exists("go"):
            time.sleep(0.05)

    def owner():
        mp.Process(target=wait, name="grandchild").start()
        os._exit(3)

    def nothing():
        pass

    if __name__ == "__main__":
        mp.set_start_method("spawn")
        mp.Process(target=owner, name="owner").start()
        mp.Process(target=nothing, name="unasked").start()
        mp.Process(target=wait, name="helper", daemon=True).start()
        wait()
"""


def flat(trees: list[Object]) -> Iterator[Object]:
    """Every node."""
    for node in trees:
        yield node
        yield from flat(node["children"])


def named(name: str) -> Object:
    """The process of that name in the last run's tree, {} before it is there."""
    return next((node for node in flat(asked("tree")) if node["name"] == name), {})


@pytest.mark.timeout(150)
def test_who_is_left_behind_is_said_while_it_is(state_dir: Path, tmp_path: Path) -> None:
    """A grandchild without a parent and a child that nobody asked after were a running and a finished process."""
    path = write(tmp_path, LEFT_BEHIND)
    program = subprocess.Popen([*PROCSCOPE, "run", "--quiet", str(path)], env=environment(), cwd=tmp_path)
    try:
        wait_until(lambda: named("grandchild").get("orphaned_since"), 60, what="the orphan is told")
        wait_until(lambda: named("unasked").get("zombie_since"), 60, what="the zombie is told")
        text = subprocess.run([*PROCSCOPE, "tree"], capture_output=True, text=True, env=environment()).stdout
        wait_until(lambda: "lives on although its parent" in incidents(state_dir), 60, what="the orphan is an incident")
    finally:
        (tmp_path / "go").touch()
        assert program.wait(60) == 0
    assert "orphaned: its parent ended" in text
    assert "a zombie: its parent has not reaped it for" in text
    assert "helper (daemon)" in text
    assert last_run()["state"] == "finished"
    assert named("unasked")["zombie_since"] is None
    assert (named("helper")["daemon"], named("helper")["start_method"]) == (True, "spawn")
    (servant,) = [node for node in flat(asked("tree")) if node["kind"] == "resource_tracker"]
    assert servant["name"] == "resource tracker"


def incidents(home: Path) -> str:
    """What is wrong now, a line each."""
    store = Store.open(Settings(state_dir=str(home)))
    return "\n".join(incident.text for incident in diagnose(store.facts()))


POOLS = """
    import multiprocessing as mp, sys
    from concurrent.futures import ProcessPoolExecutor

    def inner(x):
        return x * 2

    def outer(x):
        with mp.get_context("fork").Pool(1) as pool:
            return sum(pool.map(inner, range(x)))

    def leave(x):
        sys.exit(3)

    if __name__ == "__main__":
        context = mp.get_context("fork")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            print(pool.submit(outer, 4).result())
        with context.Pool(1, maxtasksperchild=1) as pool:
            print(sum(pool.map(inner, range(5), chunksize=1)))
            pool.close()
            pool.join()
        with context.Pool(1) as pool:
            worker = pool._pool[0]
            result = pool.apply_async(leave, (1,))
            worker.join()
"""


@pytest.mark.timeout(150)
def test_pools_say_what_they_wore_out_and_hang_where_they_were_made(state_dir: Path, tmp_path: Path) -> None:
    """Whose workers were whose, and why there were so many, was not to be seen."""
    done = run(write(tmp_path, POOLS))
    assert done.returncode == 0, done.stderr
    last_run()
    (main,) = asked("tree")
    (executor, pool, left) = main["pools"]
    (worker,) = [child for child in main["children"] if child["pool"] == executor["name"]]
    (nested,) = worker["pools"]
    assert [child["pool"] for child in worker["children"]] == [nested["name"]]
    assert nested["retired"] in ({"ended": 1}, {"sentinel": 1}), "its end by SIGTERM and by sentinel are a race"
    assert pool["max_tasks"] == 1
    assert (pool["retired"]["maxtasks"], left["retired"]["exit"]) == (5, 1)
    reasons = {child["reason"] for child in main["children"]}
    assert "it ran as many tasks as it may" in reasons
    assert "sys.exit() in a task ended it" in reasons
    text = subprocess.run([*PROCSCOPE, "tree"], capture_output=True, text=True, env=environment()).stdout
    assert "5 after as many tasks as they may" in text
    assert "1 by sys.exit() in a task" in text
