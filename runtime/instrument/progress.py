"""How far a task is, as it says itself: on its thread's page, no record for each time it says so."""

from __future__ import annotations

import operator
from _thread import _local
from typing import TYPE_CHECKING, Any

from procscope.runtime.clock import mono_ns
from procscope.runtime.events import Progressed
from procscope.runtime.instrument import capture, recorder, scrub
from procscope.runtime.journal.layout import PROGRESS_TEXT_MAX

if TYPE_CHECKING:
    from procscope.runtime.journal.writer import Region

_LARGEST = (1 << 62) - 1


class _Told(_local):
    """When the task or item began that this thread told of last."""

    since = 0


_told = _Told()


def tell(done: Any, total: Any, text: Any) -> None:
    """Note it if this thread is in a task; may raise what the program's own numbers raise."""
    if not recorder.run:
        return
    region = recorder.region()
    task = region.slot_now()
    if task is None:
        return
    reached = _whole(done)
    if reached is None:
        return
    whole = _whole(total)
    shown = text[: 2 * PROGRESS_TEXT_MAX] if type(text) is str else capture.value(text, PROGRESS_TEXT_MAX)
    told = capture.cut(scrub.text(shown), PROGRESS_TEXT_MAX)
    event = Progressed(*task, reached, -1 if whole is None else whole, told)
    _keep_the_one_before(region, task)
    region.progress(event)


def _keep_the_one_before(region: Region, task: tuple[int, int, int, int]) -> None:
    """Another item's place on the page is about to be written over: what it said last goes into a record, if it ran
    for long enough to have a row. (A task's last word becomes a record when it ends.)"""
    before, now = region.unsaid, mono_ns()
    if before is not None and before[:4] == task:
        return
    if before is not None and 0 <= recorder.limits().slow_ns <= now - _told.since:
        region.rich(before)
    _told.since = region.slot_started()


def _whole(value: Any) -> int | None:
    """`value` as a number from 0 up, None where it is none."""
    if type(value) is float:
        value = int(value) if abs(value) < _LARGEST else None
    return None if value is None else max(0, min(operator.index(value), _LARGEST))
