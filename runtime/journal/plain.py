"""Rich events as text: a JSON list of the fields, written without importing json into the user's process."""

from __future__ import annotations

from typing import Any

try:
    from _json import encode_basestring_ascii as _quoted
except ImportError:
    from json import dumps as _quoted

_WORDS = {None: "null", True: "true", False: "false"}


def dumps(value: Any) -> str:
    """`value` (None, bool, int, float, str, and lists or tuples of them) as ASCII JSON; raises TypeError otherwise."""
    kind = type(value)
    if kind is str:
        return str(_quoted(value))
    if kind is int:
        return int.__repr__(value)
    if value is None or kind is bool:
        return _WORDS[value]
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if isinstance(value, int):
        return int.__repr__(int(value))
    if kind is float:
        return float.__repr__(value) if value - value == 0 else "null"
    raise TypeError(f"cannot write a {kind.__name__}")
