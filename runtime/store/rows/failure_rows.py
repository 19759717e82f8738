"""Failures, and exceptions as they are stored."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from procscope.runtime.events import Frame, Raised


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that was recorded. `stage` is task, result, callback, process, initializer, thread."""

    id: int
    run_id: int
    run_key: str
    task_id: int | None
    func_id: int | None
    process_id: int | None
    pid: int | None
    at_us: int
    stage: str
    type: str
    message: str
    raised_json: str = field(repr=False)
    fingerprint: str
    args: str | None
    rev: int
    func: str | None = None
    thread: str | None = None
    """The thread it ended, in stage thread."""

    @property
    def raised(self) -> Raised:
        """The exception with its frames and causes."""
        return raised_from_json(self.raised_json, self.type, self.message)


def raised_from_json(stored: str, type_name: str = "", message: str = "") -> Raised:
    """`failures.raised` as a value; what cannot be read becomes an exception without frames."""
    try:
        return _raised(json.loads(stored))
    except (ValueError, TypeError, KeyError, IndexError):
        return Raised(type_name, message)


def _raised(value: list[Any]) -> Raised:
    type_name, message, frames, causes, link = value
    inner = tuple(_raised(cause) for cause in causes)
    return Raised(str(type_name), str(message), tuple(Frame(*frame) for frame in frames), inner, str(link))
