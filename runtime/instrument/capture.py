"""Arguments as a short text, by our own means: never a `__repr__`, `__len__` or `__iter__` of the program's.

Builtin scalars and containers of exactly those types are shown, arrays and frames by type, shape and dtype, all else
as <Type>. Work is bounded by nodes visited and characters kept, whatever the size of what is looked at.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from procscope.runtime import thrown
from procscope.runtime.instrument import names, plainly, recorder, scrub
from procscope.runtime.instrument.arrays import shown as array_shown

_NODES = 80
_DEPTH = 6
_BIG = 10**18
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}"), frozenset: ("frozenset({", "})"),
}  # fmt: skip
_SIMPLE = frozenset({bool, float, complex, type(None), type(Ellipsis), type(NotImplemented)})


def call(args: Any, kwds: Any, secrets: tuple[int, ...] = ()) -> str:
    """The arguments of a call as 'a', 2, key=3; `secrets` are positions to hide. At most `preview` bytes."""
    if not kwds and not secrets and type(args) is tuple and len(args) < 5:
        if len(args) == 1 and type(args[0]) is int and -_BIG < args[0] < _BIG:
            return repr(args[0])
        shown = _scalars(args)
        if shown is not None:
            return shown
    return _call_slowly(args, kwds, secrets)


def _scalars(args: tuple[Any, ...]) -> str | None:
    """Most calls take a few small scalars: about a microsecond. None where one of them is anything else."""
    parts = []
    for value in args:
        kind = type(value)
        if kind is int:
            if not -_BIG < value < _BIG:
                return None
        elif kind is str:
            if len(value) > 64 or ((len(value) > 19 or not value.isalnum()) and scrub.suspicious(value)):
                return None
        elif kind not in _SIMPLE:
            return None
        parts.append(repr(value))
    shown = ", ".join(parts)
    return shown if shown.isascii() and len(shown) <= recorder.limits().preview else None


def _call_slowly(args: Any, kwds: Any, secrets: tuple[int, ...]) -> str:
    try:
        return _call_previewed(args, kwds, secrets)
    except Exception as error:  # another thread of the program changes what we look at
        if thrown.by_program(error):
            raise
        recorder.region().drop(3)  # events.Drop.CAPTURE_FAILED
        return ""


def _call_previewed(args: Any, kwds: Any, secrets: tuple[int, ...]) -> str:
    limit = recorder.limits().preview
    if not limit:
        return ""
    preview = _Preview(limit)
    if type(args) in (tuple, list):
        for at, value in enumerate(islice(args, _NODES)):
            preview.comma()
            preview.add(scrub.HIDDEN) if at in secrets else preview.show(value, 0)
    elif args is not None:
        preview.add(f"*<{names.of_type(type(args))}>")
    if type(kwds) is dict:
        for key, value in islice(list(islice(kwds.items(), _NODES)), _NODES):
            preview.comma()
            preview.add(f"{key}=" if type(key) is str else "<key>=")
            preview.add(scrub.HIDDEN) if _is_secret(key) else preview.show(value, 0)
    return preview.text()


def value(item: Any, limit: int) -> str:
    """One value as text of at most `limit` bytes."""
    preview = _Preview(limit)
    preview.show(item, 0)
    return preview.text()


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes of UTF-8, an ellipsis at the end where something is missing."""
    if len(text) * 4 <= limit or (text.isascii() and len(text) <= limit):
        return text
    encoded = text[: limit + 1].encode("utf-8", "backslashreplace")
    if len(encoded) <= limit:
        return encoded.decode("utf-8")
    return encoded[: limit - 3].decode("utf-8", "ignore") + "…"


def _is_secret(key: Any) -> bool:
    return type(key) is str and (scrub.is_secret(key) or key in recorder.limits().secret_names)


class _Preview:
    """A text that grows until its budget of characters or of nodes is spent."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._room = limit + 80  # so that a secret cut in half at the edge falls away
        self._nodes = _NODES
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        self._parts.append(text)
        self._room -= len(text)

    def comma(self) -> None:
        if self._parts:
            self.add(", ")

    def text(self) -> str:
        return cut(scrub.text("".join(self._parts)), self._limit)

    def show(self, item: Any, depth: int) -> None:
        self._nodes -= 1
        if self._room <= 0 or self._nodes < 0:
            return self.add("…" if self._room > 0 else "")
        kind = type(item)
        if kind is str or kind is bytes:
            self._string(item)
        elif kind is int:
            self.add(repr(item) if -_BIG < item < _BIG else _large(item))
        elif kind in _SIMPLE:
            self.add(repr(item))
        elif kind in _BRACKETS:
            self._sequence(item, depth, *_BRACKETS[kind])
        elif kind is dict:
            self._mapping(item, depth)
        else:
            self.add(_other(item, kind))

    def _string(self, item: Any) -> None:
        most = max(self._room, 8)
        if len(item) <= most:
            return self.add(repr(item))
        unit = "bytes" if type(item) is bytes else "characters"
        self.add(f"{repr(item[:most])[: most + 8]}…<{len(item)} {unit}>")

    def _sequence(self, item: Any, depth: int, opening: str, closing: str) -> None:
        if depth >= _DEPTH:
            return self.add(f"{opening}…{closing}")
        self.add(opening)
        for at, part in enumerate(list(islice(item, 24))):
            if self._room <= 0 or self._nodes <= 0:
                break
            if at:
                self.add(", ")
            self.show(part, depth + 1)
        if len(item) > 24:
            self.add(f", … {len(item)} items")
        self.add("," + closing if type(item) is tuple and len(item) == 1 else closing)

    def _mapping(self, item: Any, depth: int) -> None:
        if depth >= _DEPTH:
            return self.add("{…}")
        self.add("{")
        for at, (key, part) in enumerate(list(islice(item.items(), 24))):
            if self._room <= 0 or self._nodes <= 0:
                break
            if at:
                self.add(", ")
            self.show(key, depth + 1)
            self.add(": ")
            self.add(scrub.HIDDEN) if _is_secret(key) else self.show(part, depth + 1)
        self.add(f", … {len(item)} items}}" if len(item) > 24 else "}")


def _large(item: int) -> str:
    bits = item.bit_length()
    return repr(item) if bits <= 256 else f"<int of {bits} bits>"


def _other(item: Any, kind: type) -> str:
    array = array_shown(item, kind)
    if array:
        return array
    if issubclass(kind, type):
        return f"<class {names.of_type(item)}>"
    if plainly.name_of(kind) in ("function", "builtin_function_or_method", "method"):
        return f"<function {names.of(item)[0]}>"
    return f"<{names.of_type(kind)}>"
