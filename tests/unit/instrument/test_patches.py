"""Our own faults stay ours."""

from __future__ import annotations

import pickle
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from procscope.runtime.events import Drop, OurFault
from procscope.runtime.instrument import patches, recorder
from tests.support.observed import told_in


class Specimen:
    def greet(self, name: str) -> str:
        """Say hello."""
        return "hello " + name

    @classmethod
    def make(cls) -> str:
        return cls.__name__


def shout(original: Any) -> Any:
    return lambda *args: original(*args).upper()


@pytest.fixture
def group() -> Any:
    """A group of its own, put back afterwards."""
    yield "specimen"
    patches.switch_off("specimen")
    patches.off.discard("specimen")


def test_a_patched_method_looks_like_the_original(group: str) -> None:
    """Pickle by qualified name, help() and inspect.signature see no difference."""
    patches.replace(group, Specimen, "greet", shout)
    assert Specimen().greet("x") == "HELLO X"
    assert Specimen.greet.__qualname__ == "Specimen.greet"
    assert Specimen.greet.__doc__ == "Say hello."
    assert pickle.loads(pickle.dumps(Specimen.greet)) is Specimen.greet


def test_once_only(group: str) -> None:
    """instrument() twice counted everything twice."""
    patches.replace(group, Specimen, "make", shout)
    patches.replace(group, Specimen, "make", shout)
    assert Specimen.make() == "SPECIMEN"
    patches.switch_off(group)
    assert Specimen.make() == "Specimen"


def test_a_missing_method_is_not_observed_rather_than_invented(group: str) -> None:
    """A later Python without it."""
    with pytest.raises(AttributeError):
        patches.replace(group, Specimen, "gone", shout)


def test_our_fault_is_counted_told_and_ends_the_group(group: str, run_directory: Path) -> None:
    """A bug of ours reached the program."""
    patches.replace(group, Specimen, "greet", shout)
    try:
        recorder.limits().no_such_limit  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        error.__traceback__ = None
        theirs = patches.fault(group, error)
    assert theirs is False
    assert Specimen().greet("x") == "hello x"
    told = told_in(run_directory)
    assert sum(segment.drops[Drop.HOOK_FAILED] for segment in told) == 1
    assert [event for segment in told for event in segment.events if isinstance(event, OurFault)]


def test_what_the_programs_signal_handler_raises_is_the_programs(group: str) -> None:
    """A timeout raised by a SIGALRM handler while our code ran was swallowed, and the job hung."""

    def alarm(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("alarm")

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.raise_signal(signal.SIGALRM)
    except TimeoutError as error:
        theirs = patches.fault(group, error)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert theirs is True
    assert group not in patches.off


def test_what_an_audit_hook_of_the_program_raises_is_ours(group: str) -> None:
    """A program that forbids itself to open files was ended by a file that it never opened."""

    def forbid(_event: str, _args: tuple[object, ...]) -> None:
        raise PermissionError("no files")

    try:
        forbid("open", ("journal", "r"))
    except PermissionError as error:
        theirs = patches.fault(group, error)
    assert theirs is False
    assert group in patches.off


def test_an_exception_set_from_another_thread_is_the_programs(group: str) -> None:
    """Time-outs by PyThreadState_SetAsyncExc come without a frame: their own type is all that tells."""

    class OutOfTime(Exception):
        pass

    error = OutOfTime()
    assert patches.fault(group, error) is True
    assert group not in patches.off
