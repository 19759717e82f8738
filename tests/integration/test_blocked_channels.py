"""Who is blocked at a queue or a pipe, from the program to the questions about it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from procscope.runtime.store.rows import Primitive
from tests.integration.jammed import Eyes, jam
from tests.integration.runs import write
from tests.support.waiting import wait_until

METHODS = ("fork", "spawn", "forkserver")
BLOCKED = """
    import multiprocessing as mp, sys

    def take(items): items.get()
    def hear(end): end.recv()
    def give(narrow):
        narrow.put(1)
        narrow.put(2)

    if __name__ == "__main__":
        ctx = mp.get_context(sys.argv[1])
        items = ctx.Queue()
        narrow = ctx.Queue(1)
        reader, writer = ctx.Pipe(duplex=False)
        work = [(take, items), (take, items), (hear, reader), (give, narrow)]
        workers = [ctx.Process(target=target, args=(thing,)) for target, thing in work]
        for worker in workers: worker.start()
        sys.stdin.readline()
        for i in range(2): items.put(i)
        writer.send(None)
        for i in range(2): narrow.get()
        for worker in workers: worker.join()
        print("done", flush=True)
        sys.stdin.readline()
"""
IDLE_POOL = """
    import multiprocessing as mp, os, sys
    if __name__ == "__main__":
        with mp.get_context(sys.argv[1]).Pool(2) as pool:
            print(" ".join(map(str, [worker.pid for worker in pool._pool])), flush=True)
            pool.map(abs, range(4))
            print("idle", flush=True)
            sys.stdin.readline()
            pool.map(abs, range(4))
"""


def waits(found: Primitive | None) -> list[str]:
    """What those who wait there are in, sorted."""
    return sorted(waiter.what for waiter in found.waiters) if found is not None else []


def passed(found: Primitive) -> tuple[int, int]:
    """Items in and out."""
    return found.items_in, found.items_out


@pytest.mark.parametrize("method", METHODS)
def test_who_waits_at_a_queue_and_a_pipe(state_dir: Path, tmp_path: Path, method: str) -> None:
    """A consumer that hangs in get() looked like one that has nothing to do with the queue."""
    with jam(write(tmp_path, BLOCKED), method) as program:
        eyes = Eyes(state_dir)
        wait_until(lambda: waits(eyes.primitives().get("items")) == ["get", "get"], what="both consumers wait")
        wait_until(lambda: waits(eyes.primitives().get("narrow")) == ["put"], what="the producer waits")
        run = eyes.store.runs(1)[0]
        piped = wait_until(
            lambda: [one for one in eyes.store.primitives(run.id) if one.kind == "Pipe" and one.waiters], what="recv"
        )
        assert piped is not None
        assert waits(piped[0]) == ["recv"]
        assert eyes.primitives()["narrow"].depth == 1
        program.go()
        assert program.line() == "done"
        both = ("items", "narrow")
        wait_until(lambda: all(passed(eyes.primitives()[name]) == (2, 2) for name in both), what="the counts arrive")
        wait_until(lambda: not waits(eyes.primitives()["items"]), what="nobody waits any more")
        items, narrow = eyes.primitives()["items"], eyes.primitives()["narrow"]
    assert (items.items_in, items.items_out, items.depth) == (2, 2, 0)
    assert (narrow.items_in, narrow.items_out, narrow.size) == (2, 2, 1)
    assert [end.items for end in items.producers] == [2]
    assert [end.items for end in items.consumers] == [1, 1]
    assert items.blocked_s > 0
    assert narrow.blocked_s > 0


@pytest.mark.parametrize("method", METHODS)
def test_an_idle_worker_that_is_killed_takes_the_lock_along(state_dir: Path, tmp_path: Path, method: str) -> None:
    """kill -9 on an idle worker: the next map() hangs although all workers look alive."""
    with jam(write(tmp_path, IDLE_POOL), method) as program:
        pids = [int(word) for word in program.line().split()]
        assert program.line() == "idle"
        eyes = Eyes(state_dir)
        run = wait_until(lambda: eyes.store.runs(1), what="the run is there")
        assert run
        for pid in pids:  # the one that is in the queue's pipe, and the one that waits for its lock
            os.kill(pid, signal.SIGKILL)
        found = eyes.until("while it held the lock of the queue of tasks")
        assert found.pid in pids
