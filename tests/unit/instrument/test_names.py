"""What callables are called in lists and pages: by their own names, read past whatever their classes define."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

from procscope.runtime.instrument import names, recorder


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    recorder.begin("", {})
    yield
    recorder.begin("", {})


def resize(image: str, password: str = "") -> str:
    return image + password


class Memorized:
    """As joblib's Memory makes them: it stands for the function that it wraps."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any) -> None: ...


class Hostile:
    """Everything one could ask it for raises."""

    def _no(self, *_: Any) -> NoReturn:
        raise AssertionError("a name ran the program's code")

    __getattribute__ = __getattr__ = __call__ = _no
    __dict__ = __wrapped__ = property(_no)


class Plain:
    def __call__(self) -> None: ...

    def method(self) -> None: ...


HERE = __name__


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (resize, f"{HERE}.resize"),
        (functools.partial(resize, "a"), f"{HERE}.resize"),
        (functools.lru_cache(resize), f"{HERE}.resize"),
        (Memorized(resize), f"{HERE}.resize"),
        (Plain(), f"{HERE}.Plain"),
        (Plain().method, f"{HERE}.Plain.method"),
        (str.upper, "str.upper"),
        ([].append, "list.append"),
        ((3).__add__, "int.__add__"),
        (dict.fromkeys, "dict.fromkeys"),
        (math.sqrt, "math.sqrt"),
        (operator.itemgetter(1), "operator.itemgetter"),
    ],
)
def test_a_callable_has_the_name_one_would_look_for(function: Any, name: str) -> None:
    """`pool.map(str.upper, …)` was a map of "method_descriptor", a function that joblib caches "MemorizedFunc"."""
    assert names.of(function)[0] == name


def test_an_object_that_lets_nobody_ask_it_is_called_by_its_class() -> None:
    """Its code would run at every submission, and what that raises would end the program."""
    assert names.of(Hostile())[0] == f"{HERE}.Hostile"


def test_numpys_functions_have_their_names() -> None:
    numpy = pytest.importorskip("numpy")
    assert names.of(numpy.sum)[0] == "numpy.sum"
    assert names.of(numpy.add)[0] == "numpy.add"


def test_what_a_wrapper_wraps_says_which_arguments_are_secret() -> None:
    assert names.of(functools.partial(Memorized(resize), "a"))[1] == (0,)
