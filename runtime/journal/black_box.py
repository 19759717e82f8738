"""What a thread rewrote in place on its page, besides its slot: clocks, progress, last words. Pure.

Each takes the bytes of `Segment.page`; what is cut short, half written or out of bounds is None or ''.
"""

from __future__ import annotations

from procscope.runtime.journal import layout
from procscope.runtime.journal.layout import Clocks, Progress

_WHOLE = layout.SLOT_END - layout.SLOT_AT
_STARTED_AT = 544


def clocks(page: bytes) -> Clocks | None:
    """None where this thread is no pool's worker."""
    if len(page) < _WHOLE:
        return None
    values = layout.CLOCKS.unpack_from(page, layout.CLOCKS_AT - layout.SLOT_AT)
    if not values[4] or max(values) >= 1 << 62:
        return None
    busy = page[:8] != b"\0\0\0\0\0\0\0\0"
    started = int.from_bytes(page[_STARTED_AT - layout.SLOT_AT :][:8], "little") if busy else 0
    return Clocks(*values, started)


def progress(page: bytes) -> Progress | None:
    """None where nothing was told, or while it is being told."""
    at = layout.PROGRESS_AT - layout.SLOT_AT
    if len(page) < _WHOLE:
        return None
    version = int.from_bytes(page[at : at + 8], "little")
    if not version or version % 2:
        return None
    *values, length = layout.PROGRESS.unpack_from(page, at + 8)
    start = layout.PROGRESS_TEXT_AT - layout.SLOT_AT
    return Progress(*values, _text(page, start, min(length, layout.PROGRESS_TEXT_MAX)))


def last_words(page: bytes) -> str:
    """What it wrote to standard error last, from the first whole line on where there is more than one."""
    if len(page) < _WHOLE:
        return ""
    length = layout.SHORT.unpack_from(page, layout.STDERR_AT - layout.SLOT_AT)[0]
    text = _text(page, layout.STDERR_TEXT_AT - layout.SLOT_AT, min(length, layout.STDERR_MAX))
    _, newline, rest = text.partition("\n")
    return rest if length >= layout.STDERR_MAX and newline and rest.strip() else text


def _text(page: bytes, start: int, length: int) -> str:
    return page[start : start + length].decode("utf-8", "replace")
