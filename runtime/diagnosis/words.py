"""How incidents speak: spans of time, names of functions, pools and signals."""

from __future__ import annotations

import signal

_SECOND = 1_000_000


def span(us: int) -> str:
    """41 ms, 3.1 s, 4 m 12 s, 2 h 05 m, 3 d 4 h."""
    if us < _SECOND:
        return f"{max(0, us) // 1000} ms"
    if us < 60 * _SECOND:
        return f"{us / _SECOND:.1f} s"
    seconds = us // _SECOND
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} m"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"


def call(func: str) -> str:
    """`package.module.resize` as resize(), `module.Report.run` as Report.run()."""
    parts = func.replace("<locals>.", "").split(".")
    keep = 2 if len(parts) > 1 and parts[-2][:1].isupper() else 1
    return ".".join(parts[-keep:]) + "()"


def pool_words(name: str | None, kind: str | None) -> str:
    """'pool images', 'executor fetch', or without a name 'a Pool'."""
    if not name:
        return f"a {kind}" if kind else "a pool"
    return f"{'executor' if kind and 'Executor' in kind else 'pool'} {name}"


def signal_name(number: int) -> str:
    """SIGKILL for 9; 'signal 77' for one without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def several(n: int, one: str) -> str:
    """'1 task', '2 tasks', with digits in groups."""
    return f"{n:,} {one}" + ("" if n == 1 else "s")


def short(text: str, limit: int = 120) -> str:
    """The first line, cut to `limit`."""
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= limit else line[: limit - 1] + "…"


def type_name(qualified: str) -> str:
    """The last part of an exception's qualified name."""
    return qualified.rpartition(".")[2]
