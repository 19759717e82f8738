"""The hooks of locks and semaphores: what the program can see of a lock is what it sees without us."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import traceback
import weakref
from collections.abc import Iterator
from multiprocessing import synchronize
from multiprocessing.context import set_spawning_popen
from pathlib import Path
from typing import Any

import pytest

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import grips, patches
from procscope.runtime.instrument.hooks import sync
from procscope.runtime.journal import board_layout as layout
from tests.support import boards

fork = multiprocessing.get_context("fork")
spawn = multiprocessing.get_context("spawn")


@pytest.fixture
def run(run_directory: Path) -> Iterator[Path]:
    """A run in which the hooks are in place."""
    sync.install(synchronize)
    yield run_directory
    patches.switch_off(grips.GROUP)
    patches.off.discard(grips.GROUP)


def test_switching_off_leaves_the_classes_as_they_were(run_directory: Path) -> None:
    """A fault of ours left a Barrier with a wait() of its own."""
    names = ("SemLock", "Condition", "Event", "Barrier")
    before = [dict(vars(getattr(synchronize, name))) for name in names]
    sync.install(synchronize)
    patches.switch_off(grips.GROUP)
    patches.off.discard(grips.GROUP)
    assert [dict(vars(getattr(synchronize, name))) for name in names] == before


def test_a_refused_release_has_no_frame_of_ours(run: Path) -> None:
    """The traceback of a program's own mistake pointed into our files."""
    for lock in (fork.RLock(), fork.Lock()):
        with pytest.raises((AssertionError, ValueError)) as caught:
            lock.release()
        assert [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)] == [__file__]
    assert not any(line.words[layout.RELEASED] for line in boards.lines(run))


def test_a_lock_nobody_holds_on_to_is_gone_at_once(run: Path) -> None:
    """A cycle through our method kept semaphores until the next garbage collection."""
    gc.disable()
    try:
        for make in (fork.Lock, fork.Condition, fork.Event, spawn.Lock):
            made: Any = make()
            there = weakref.ref(made)
            if hasattr(made, "acquire"):
                made.acquire()
                made.release()
            del made
            assert there() is None, make
    finally:
        gc.enable()


def test_nothing_of_ours_is_pickled(run: Path) -> None:
    """What travels to a child must be what an unobserved child can read."""
    set_spawning_popen(object())  # type: ignore[arg-type]
    try:
        for make in (spawn.Lock, spawn.RLock, spawn.Condition, spawn.Event):
            made: Any = make()
            travels = pickle.dumps(made)
            assert b"procscope" not in travels
            assert type(pickle.loads(travels)) is type(made)
    finally:
        set_spawning_popen(None)


def test_a_part_tells_its_owner_and_a_silenced_one_nothing(run: Path) -> None:
    """Every queue was shown as five locks and semaphores of the program."""
    lock, silent = fork.Lock(), fork.Lock()
    grips.part(lock, 77, "reader", made_here=True)
    grips.silence(silent)
    with lock, silent:
        pass
    rows = {line.uid: line for line in boards.lines(run)}
    assert rows[grips.uid(lock)].words[layout.OWNER] == 77
    assert rows[grips.uid(lock)].born[2] == "reader"
    assert not rows[grips.uid(silent)].words[layout.ACQUIRED]


def test_what_is_not_a_semlock_has_no_grip(run: Path) -> None:
    """A None in the place of a lock (Value(lock=False)) must do no harm."""
    assert grips.uid(None) == grips.uid(object()) == 0
    grips.part(None, 1, "lock")


class Special(synchronize.Lock):
    """A program's own lock."""


def test_a_subclass_is_what_it_inherits(run: Path) -> None:
    """A program's `class MyLock(Lock)` was not observed."""
    lock = Special(ctx=fork)
    with lock:
        (line,) = [line for line in boards.lines(run) if line.uid == grips.uid(lock)]
        assert line.words[layout.KIND] == Primitive.LOCK
        assert line.held == 1
    assert lock.acquire(block=False) is True
    assert lock.acquire(False) is False
    assert lock.acquire(timeout=-1) is False
    assert lock.release() is None  # type: ignore[func-returns-value]
