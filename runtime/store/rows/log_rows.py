"""What was logged, and what processes said last."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log record, or with source 'stderr' what a process wrote there before it died. `level` as in logging."""

    id: int
    run_id: int
    process_id: int | None
    pid: int | None
    task_id: int | None
    at_us: int
    source: str
    level: int | None
    logger: str | None
    site: str | None
    message: str
    rev: int
