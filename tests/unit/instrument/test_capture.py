"""Previews of arguments: safe whatever the program passes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from procscope.runtime.instrument import capture, recorder


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    recorder.begin("", {})
    yield
    recorder.begin("", {})


class Hostile:
    """Everything a preview might call raises."""

    def _no(self, *_: Any) -> NoReturn:
        raise AssertionError("a preview ran the program's code")

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __hash__ = __eq__ = _no

    def __getattr__(self, name: str) -> NoReturn:
        self._no()


class Words(str):
    """A str whose repr is the program's."""

    def __repr__(self) -> str:
        raise AssertionError


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("args", "kwds", "shown"),
    [
        ((), {}, ""),
        ((1,), {}, "1"),
        (("IMG_0231.png", 4096), {}, "'IMG_0231.png', 4096"),
        ((1, None, True, 2.5, float("nan")), {}, "1, None, True, 2.5, nan"),
        (([1, (2,), {3}],), {"key": {"a": b"x"}}, "[1, (2,), {3}], key={'a': b'x'}"),
        ((Point(1), Point), {}, "<tests.unit.instrument.test_capture.Point>, "
         "<class tests.unit.instrument.test_capture.Point>"),
        ((Words("a"),), {}, "<tests.unit.instrument.test_capture.Words>"),
        (("\udc80",), {}, "'\\udc80'"),
        ((10**5000,), {}, "<int of 16610 bits>"),
        ((Path("/tmp/x"),), {}, "PosixPath('/tmp/x')"),
        (([1, 2],), {"password": "hunter2"}, "[1, 2], password=***"),
        (({"api_key": 1, "n": 2},), {}, "{'api_key': ***, 'n': 2}"),
    ],
)  # fmt: skip
def test_what_is_shown(args: Any, kwds: Any, shown: str) -> None:
    """The text next to a task is what a person would have typed."""
    assert capture.call(args, kwds) == shown


def test_a_parameter_named_for_a_secret_is_hidden_by_position() -> None:
    """login('bob', 'hunter2') was stored with the password in clear, since it was passed by position."""
    assert capture.call(("bob", "hunter2"), {}, (1,)) == "'bob', ***"


def test_hostile_objects_are_never_called() -> None:
    """A __repr__ that took a lock hung the job."""
    shown = capture.call((Hostile(), [Hostile()], {"k": Hostile()}), {"z": Hostile()})
    assert shown.count("Hostile>") == 4


@pytest.mark.parametrize(
    "big", ["x" * 300_000_000, b"y" * 300_000_000, list(range(5_000_000)), {i: i for i in range(1_000_000)}], ids=type
)
def test_size_does_not_matter(big: Any) -> None:
    """A job passing gigabytes got slower by seconds a call."""
    began = time.process_time()
    shown = capture.call((big,), {})
    assert time.process_time() - began < 0.05
    assert len(shown.encode()) <= 512


def test_depth_does_not_matter() -> None:
    """A list nested ten thousand deep ended in a RecursionError."""
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert capture.call((deep,), {}) == "[[[[[[[…]]]]]]]"


def test_a_structure_that_holds_itself() -> None:
    """Previewing a cyclic graph never returned."""
    loop: list[Any] = [1]
    loop.append(loop)
    assert capture.call((loop,), {}).startswith("[1, [1, [1,")


def test_non_ascii_text_is_cut_by_bytes() -> None:
    """A preview of 512 characters of three bytes did not fit its slot."""
    shown = capture.call(("ü€" * 1000,), {})
    assert len(shown.encode()) <= 512
    assert shown.endswith("…")


def test_iterators_are_not_consumed() -> None:
    """A preview that listed a generator left nothing for the call."""
    numbers = iter([1, 2, 3])
    capture.call((numbers,), {})
    assert list(numbers) == [1, 2, 3]


def test_no_arguments_when_asked_not_to() -> None:
    """--no-capture-args is a promise."""
    recorder.begin("", {"PROCSCOPE_CAPTURE_ARGS": "0"})
    assert capture._call_slowly((1,), {"a": 2}, ()) == ""


def test_arrays_by_shape() -> None:
    """Formatting a large array took longer than the task."""
    numpy = pytest.importorskip("numpy")
    assert capture.call((numpy.zeros((3, 4)),), {}) == "<ndarray float64 (3, 4)>"
