"""What a thread rewrote in place on its page: slot, clocks, progress, last words. Pure.

Each takes the bytes of `Segment.page`; what is cut short, half written or out of bounds is None or ''.
"""

from __future__ import annotations

from procscope.runtime.journal import layout
from procscope.runtime.journal.layout import Clocks, Progress, Slot

_WHOLE = layout.SLOT_END - layout.SLOT_AT
_STARTED_AT = 544
_IDLE = bytes(8)


def slot(page: bytes) -> Slot | None:
    """None while idle, or while it is being rewritten."""
    if len(page) < _WHOLE or page[:8] == _IDLE:
        return None
    pool, number, chunk, started, offset, item_started, args_of, length = layout.SLOT.unpack_from(page, 8)
    text = _text(page, layout.SLOT_TEXT_AT - layout.SLOT_AT, min(length, layout.SLOT_TEXT_MAX))
    when = item_started if offset >= 0 else started
    return Slot(pool, number, chunk, offset, when, text if args_of == offset else "")


def clocks(page: bytes) -> Clocks | None:
    """None where this thread is no pool's worker."""
    if len(page) < _WHOLE:
        return None
    values = layout.CLOCKS.unpack_from(page, layout.CLOCKS_AT - layout.SLOT_AT)
    if not values[4] or max(values) >= 1 << 62:
        return None
    started = 0 if page[:8] == _IDLE else int.from_bytes(page[_STARTED_AT - layout.SLOT_AT :][:8], "little")
    return Clocks._make((*values, started))


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
    return Progress._make((*values, _text(page, start, min(length, layout.PROGRESS_TEXT_MAX))))


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
