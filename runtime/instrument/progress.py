"""How far a task is, as it says itself: on its thread's page, no record."""

from __future__ import annotations

import operator
from typing import Any

from procscope.runtime.instrument import capture, recorder, scrub
from procscope.runtime.journal.layout import PROGRESS_TEXT_MAX

_LARGEST = (1 << 62) - 1


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
    region.progress(task, reached, -1 if whole is None else whole, told)


def _whole(value: Any) -> int | None:
    """`value` as a number from 0 up, None where it is none."""
    if type(value) is float:
        value = int(value) if abs(value) < _LARGEST else None
    return None if value is None else max(0, min(operator.index(value), _LARGEST))
