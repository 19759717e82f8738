"""procscope.wrap(executor): seen from outside, and nothing about it changed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from procscope.runtime.events import (
    BatchSubmitted,
    NotObserved,
    OurFault,
    PoolOpened,
    PoolState,
    State,
    TaskDropped,
    TaskRan,
    TaskSettled,
    TaskSubmitted,
)
from tests.support.observed import Outcome, observed, write
from tests.support.pythons import Interpreter, interpreter

MINE = """
    import traceback
    from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
    import procscope

    class Mine(Executor):
        closed = False

        def submit(self, fn, /, *args, **options):
            if self.closed:
                raise RuntimeError("closed")
            future = Future()
            if args != ("cancel",):
                future.set_running_or_notify_cancel()
                try:
                    future.set_result(fn(*args, **options))
                except BaseException as error:
                    future.set_exception(error)
            return future

        def shutdown(self, wait=True, **options):
            self.closed = True

    def work(x):
        if x == 2:
            raise ValueError("two")
        if x == 3:
            raise BrokenExecutor("gone")
        return x
"""


def seen(folder: Path, source: str, python: str = sys.executable) -> Outcome:
    """An observed program that begins with MINE."""
    path = write(folder, MINE)
    path.write_text(path.read_text() + write(folder, source, "rest.py").read_text())
    outcome = observed(folder, python, [str(path)])
    assert outcome.code == 0, outcome.err
    return outcome


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_submissions_and_ends_are_seen(tmp_path: Path, version: str) -> None:
    """An executor of the program's own was invisible; what is not known of it must not look like a fact."""
    python: Interpreter = interpreter(version)
    source = """
        executor = Mine()
        assert procscope.wrap(executor) is executor and procscope.wrap(executor) is executor
        with executor:
            print(executor.submit(work, 1).result(), repr(executor.submit(work, x=2).exception()))
            print(repr(executor.submit(work, 3).exception()), executor.submit(work, "cancel").cancel())
            print(list(executor.map(work, [5, 6])))
        try:
            executor.submit(work, 1)
        except RuntimeError:
            traceback.print_exc()
    """
    outcome = seen(tmp_path, source, python.path)
    assert outcome.out == "1 ValueError('two')\nBrokenExecutor('gone') True\n[5, 6]\n"
    if python.version >= (3, 11):
        assert "wrapped.py" not in outcome.err
    opened = outcome.one(PoolOpened)
    assert (opened.kind, opened.name, opened.size) == ("Mine", "Mine-1", 0)
    assert "where its tasks run" in opened.unobserved
    ends = [State(e.outcome) for e in outcome.all(TaskSettled)]
    wanted = [State.SUCCEEDED, State.FAILED, State.LOST, State.CANCELLED, State.SUCCEEDED, State.SUCCEEDED]
    assert ends == wanted
    assert [e.index for e in outcome.all(TaskSubmitted)] == [-1, -1, -1, -1, 0, 1, -1]
    assert outcome.one(BatchSubmitted).total == 2
    assert "RuntimeError: closed" in outcome.one(TaskDropped).reason
    assert [e.state for e in outcome.all(PoolState)] == ["closing", "closed"]
    assert not outcome.all(TaskRan)


def test_one_that_is_known_is_left_alone(tmp_path: Path) -> None:
    """Wrapped on top of its hooks, each of its tasks would be told twice."""
    source = """
        with ThreadPoolExecutor(1) as executor:
            assert procscope.wrap(executor) is executor
            print(executor.submit(work, 1).result(), vars(executor).get("submit"))
    """
    outcome = seen(tmp_path, source)
    assert outcome.out == "1 None\n"
    assert len(outcome.all(TaskRan)) == 1
    assert not outcome.all(TaskSettled)


def test_one_without_room_for_attributes_gets_a_stand_in(tmp_path: Path) -> None:
    """An executor with slots raised AttributeError from wrap()."""
    source = """
        class Tight:
            __slots__ = ()
            def submit(self, fn, /, *args):
                future = Future()
                future.set_result(fn(*args))
                return future

        class Slots(Tight, Executor):
            __slots__ = ()

        bare = Slots()
        executor = procscope.wrap(bare)
        print(isinstance(executor, Slots), executor == bare, list(executor.map(work, [7])))
    """
    outcome = seen(tmp_path, source)
    assert outcome.out == "True True [7]\n"
    assert outcome.one(TaskSettled).outcome == State.SUCCEEDED


def test_a_map_that_goes_past_submit_is_said_to_be_unseen(tmp_path: Path) -> None:
    """No tasks at all would read as: it did nothing."""
    source = """
        class Own(Mine):
            def map(self, fn, *iterables, **options):
                return map(fn, *iterables)

        print(list(procscope.wrap(Own()).map(work, [1])))
    """
    outcome = seen(tmp_path, source)
    assert "without submit()" in outcome.one(NotObserved, group="wrapped executor").reason


def test_an_odd_call_does_not_end_the_observation_of_the_others(tmp_path: Path) -> None:
    """`submit(fn=…)`, or an object without a map, switched off all wrapped executors, and nothing said so."""
    source = """
        class Slots:
            __slots__ = ()

            def submit(self, fn, *args):
                return Mine().submit(fn, *args)

        executor = procscope.wrap(Mine())
        print(procscope.wrap(Slots()).submit(work, 5).result())
        try:
            executor.submit(fn=work, x=6)
        except TypeError:
            print("as ever")
        print(executor.submit(work, 7).result())
    """
    outcome = seen(tmp_path, source)
    assert outcome.out == "5\nas ever\n7\n"
    assert [event.args for event in outcome.all(TaskSubmitted)] == ["5", "x=6", "7"]
    assert not outcome.all(OurFault)


def test_the_calls_of_a_call_are_not_items_of_its_map(tmp_path: Path) -> None:
    """An executor that runs calls at once, or hands them on: what these submitted was counted as the map's."""
    source = """
        class Handing(Mine):
            def __init__(self):
                self.threads = ThreadPoolExecutor(1)

            def submit(self, fn, /, *args):
                return self.threads.submit(fn, *args)

        def outer(x):
            return inner.submit(work, x).result()

        inner = ThreadPoolExecutor(1)
        print(list(procscope.wrap(Mine()).map(outer, [4, 5])))
        print(list(procscope.wrap(Handing()).map(work, [6, 7])))
    """
    outcome = seen(tmp_path, source)
    assert outcome.out == "[4, 5]\n[6, 7]\n"
    calls = [(event.func, event.args, event.index) for event in outcome.all(TaskSubmitted)]
    assert sorted(calls) == [
        ("outer", "4", 0), ("outer", "5", 1), ("work", "4", -1), ("work", "5", -1),
        ("work", "6", -1), ("work", "6", 0), ("work", "7", -1), ("work", "7", 1),
    ]  # fmt: skip


def test_of_what_gives_no_future_nothing_is_said_but_that(tmp_path: Path) -> None:
    """A task whose end nobody can know stood there as "cancelled before it ran"."""
    source = """
        class Forgets:
            def submit(self, fn, *args):
                return fn(*args)

        print(procscope.wrap(Forgets()).submit(work, 1))
    """
    outcome = seen(tmp_path, source)
    assert outcome.out == "1\n"
    assert not outcome.all(TaskSubmitted)
    said = [each.reason for each in outcome.all(NotObserved) if each.group == "wrapped executor"]
    assert said == ["Forgets gives no futures: its tasks"]


def test_what_is_no_executor_is_refused(tmp_path: Path) -> None:
    """A typo would go unnoticed until somebody misses the tasks."""
    source = """
        try:
            procscope.wrap(3)
        except TypeError as error:
            print(error)
    """
    assert seen(tmp_path, source).out == "wrap() takes an executor: int has no submit()\n"
