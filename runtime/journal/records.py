"""Records to events. Nothing in a record is trusted: what does not add up is counted as damage, never raised."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any, get_type_hints
from zlib import crc32

from procscope.runtime import events
from procscope.runtime.events import (
    ChunkSubmitted,
    Event,
    Frame,
    Kind,
    Raised,
    ResultArrived,
    TaskRan,
    TaskSubmitted,
    Unknown,
)
from procscope.runtime.journal import chunks, layout
from procscope.runtime.journal.layout import MARK, MARK_MASK

_UNKNOWN_NAME = "?"
_DEEPEST = 32
_HEAD = layout.HEAD.unpack_from
_WHOLE_SUBMITTED = struct.Struct("<IIIIqqqqqI").unpack_from
_RANS = struct.Struct("<IIIIqqqqqII").iter_unpack
_RAN_COMMIT = MARK | 64
_ARRIVALS = struct.Struct("<IIIIqqqqq").iter_unpack
_ARRIVED_COMMIT = MARK | 56
_new: Any = tuple.__new__
"""A NamedTuple's own constructor takes twice as long."""
_CHUNK_SUBMITTED = struct.Struct("<qqqqqq")
_BAD = (struct.error, ValueError, TypeError, KeyError, RecursionError, OverflowError)


class Decoder:
    """Keeps the names of one segment. All methods take windows of bytes that begin at a record."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {0: ""}
        self._damage = 0

    def take_damage(self) -> int:
        """Records that were whole but made no sense, since the last call."""
        damage, self._damage = self._damage, 0
        return damage

    def decode(self, window: bytes, limit: int, base: int, out: list[Event], ends: list[int]) -> int:
        """Append up to `limit` events and the offsets after them; returns the bytes consumed, whole records only."""
        at, length = 0, len(window)
        names, append, end_at = self._names, out.append, ends.append
        while limit and at + 16 <= length:
            kind = window[at + 8]
            if kind == 3:
                n = self._streak(window, at, limit, base, out, ends)
                at += 64 * n
                limit -= n
                if n:
                    continue
            elif kind == 6:
                n = self._arrivals(window, at, limit, base, out, ends)
                at += 56 * n
                limit -= n
                if n:
                    continue
            elif kind == 2 and at + 60 <= length:
                commit, crc, kind, size, when, pool, number, batch, index, name = _WHOLE_SUBMITTED(window, at)
                end, step = at + 16 + size, size + 23 & -8
                if (
                    commit == MARK | step and kind == 2 and size >= 44 and end <= length
                    and crc == crc32(window[at + 8 : end])
                ):  # fmt: skip
                    args = window[at + 60 : end].decode("utf-8", "replace") if size > 44 else ""
                    func = names.get(name, _UNKNOWN_NAME)
                    append(_new(TaskSubmitted, (when, pool, number, func, args, batch, index)))
                    at += step
                    end_at(base + at)
                    limit -= 1
                    continue
            step = self._one(window, at, out)
            if not step:
                break
            at += step
            if len(out) > len(ends):
                end_at(base + at)
                limit -= 1
        return at

    def _streak(self, window: bytes, at: int, limit: int, base: int, out: list[Event], ends: list[int]) -> int:
        """Decode TaskRan after TaskRan, all of one size; returns how many."""
        names, append, end_at, first = self._names, out.append, ends.append, at
        stop = at + 64 * min(limit, (len(window) - at) // 64)
        for record in _RANS(memoryview(window)[at:stop]):
            commit, crc, kind, size, pool, number, started, ended, received, outcome, name = record
            end = at + 64
            if commit != _RAN_COMMIT or kind != 3 or size != 48 or crc != crc32(window[at + 8 : end]):
                break
            append(_new(TaskRan, (pool, number, started, ended, outcome, names.get(name, _UNKNOWN_NAME), received)))
            at = end
            end_at(base + at)
        return (at - first) // 64

    def _arrivals(self, window: bytes, at: int, limit: int, base: int, out: list[Event], ends: list[int]) -> int:
        """Decode ResultArrived after ResultArrived, as _streak."""
        append, end_at, first = out.append, ends.append, at
        stop = at + 56 * min(limit, (len(window) - at) // 56)
        for commit, crc, kind, size, when, pool, number, chunk, sent in _ARRIVALS(memoryview(window)[at:stop]):
            end = at + 56
            if commit != _ARRIVED_COMMIT or kind != 6 or size != 40 or crc != crc32(window[at + 8 : end]):
                break
            append(_new(ResultArrived, (when, pool, number, chunk, sent)))
            at = end
            end_at(base + at)
        return (at - first) // 56

    def _one(self, window: bytes, at: int, out: list[Event]) -> int:
        """Decode one record of any kind; returns its size, 0 where there is no whole record."""
        commit, crc, kind, size = _HEAD(window, at)
        end = at + 16 + size
        if commit & MARK_MASK != MARK or end > len(window) or crc != crc32(window[at + 8 : end]):
            return 0
        if commit & ~MARK_MASK != size + 23 & -8:
            return 0
        self._rare(kind, window[at + 16 : end], out)
        return int(size + 23 & -8)

    def learn(self, window: bytes) -> int:
        """Take in the names only; returns the bytes consumed."""
        at, length = 0, len(window)
        while at + 16 <= length:
            commit, crc, kind, size = _HEAD(window, at)
            end = at + 16 + size
            if commit & MARK_MASK != MARK or end > length or crc != crc32(window[at + 8 : end]):
                return at or self.resync(window)
            if kind == Kind.NAME:
                self._name(window[at + 16 : end])
            at += size + 23 & -8
        return at

    def resync(self, window: bytes) -> int:
        """Bytes to the next whole record, or to the end of the window."""
        length = len(window)
        for at in range(8, length - 15, 8):
            commit, crc, _, size = _HEAD(window, at)
            end = at + 16 + size
            if commit & MARK_MASK == MARK and end <= length and crc == crc32(window[at + 8 : end]):
                return at
        return max(length & -8, 8) if length else 0

    def _name(self, body: bytes) -> None:
        if len(body) >= 4:
            self._names[int.from_bytes(body[:4], "little")] = body[4:].decode("utf-8", "replace")

    def _rare(self, kind: int, body: bytes, out: list[Event]) -> None:
        if kind == Kind.NAME:
            return self._name(body)
        try:
            out.append(self._event(kind, body))
        except _BAD:
            self._damage += 1

    def _event(self, kind: int, body: bytes) -> Event:
        if kind == Kind.CHUNK_RAN:
            thread = self._names.get(int.from_bytes(body[:4], "little"), _UNKNOWN_NAME)
            return chunks.decode(body[4:], thread)
        if kind == Kind.CHUNK_SUBMITTED:
            return ChunkSubmitted(*_CHUNK_SUBMITTED.unpack(body))
        if kind not in _FIELDS:
            return Unknown(kind, body)
        return rich(kind, json.loads(body))


def rich(kind: int, values: Any) -> Event:
    """The event of a JSON list; raises ValueError where it does not fit the type. Further fields are ignored."""
    made, fields = _FIELDS[kind]
    if type(values) is not list:
        raise ValueError("a rich record is no list")
    event: Event = made(*[check(value) for check, value in zip(fields, values, strict=False)])
    return event


def raised(value: Any, depth: int = 0) -> Raised:
    """An exception from nested lists; raises ValueError where they do not fit."""
    if type(value) is not list or len(value) < 5 or depth > _DEEPEST:
        raise ValueError("no exception")
    kind, message, frames, causes, link = value[:5]
    return Raised(
        _text(kind), _text(message), tuple(_frame(item) for item in frames),
        tuple(raised(item, depth + 1) for item in causes), _text(link),
    )  # fmt: skip


def _frame(value: Any) -> Frame:
    file, line, func, source, ours = value
    return Frame(_text(file), _whole(line), _text(func), _text(source), bool(ours))


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("no text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("no integer of 64 bits")
    return value


def _flag(value: Any) -> bool:
    return bool(value)


def _maybe_raised(value: Any) -> Raised | None:
    return None if value is None else raised(value)


def _wholes(value: Any) -> tuple[int, ...]:
    return tuple(_whole(item) for item in value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in value)


_CHECKS: dict[Any, Callable[[Any], Any]] = {
    int: _whole,
    str: _text,
    bool: _flag,
    Raised: raised,
    Raised | None: _maybe_raised,
    tuple[int, ...]: _wholes,
    tuple[str, ...]: _texts,
}
_FIELDS: dict[int, tuple[Any, list[Callable[[Any], Any]]]] = {
    kind: (made, [_CHECKS[hint] for hint in get_type_hints(made).values()]) for kind, made in events.RICH.items()
}
