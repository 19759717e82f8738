"""Why a test hangs: what is wrong, what runs, who holds and who waits, and where everyone is."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Iterator
from types import FrameType

from procscope.dashboard.words import duration
from procscope.inside.findings import concerns, spare_the_shared
from procscope.inside.own import View, look
from procscope.inside.stacks import HERE, Stacks
from procscope.inside.window import Window
from procscope.runtime import clock
from procscope.runtime.diagnosis.words import call
from procscope.runtime.store.rows import Process

_MOST_STACKS = 8
_PATIENCE = 5.0
_GRAPH = 2.5
"""Seconds until the graph of who waits for whom is believed to be empty."""


def diagnosis(window: Window, limit_s: float, frame: FrameType | None, stacks: Stacks | None) -> str:
    """The whole text of the failure."""
    pids = [process.pid for process in window.workers()]
    told = [f"procscope: {window.nodeid} did not end within {limit_s:g} s"]
    names: dict[int, str] = {}
    with look(_PATIENCE) as view:
        if view is not None:
            told += [f"  {line}" for line in _settled_state(view, window)]
            names = {row.pid: f"{row.kind} {row.pid}" + f" ({row.name})" * bool(row.name) for row in view.family()}
    pids = [process.pid for process in window.workers()]
    told += ["", "this process:", *_own_stack(frame)]
    for pid in pids[:_MOST_STACKS]:
        stack = stacks.of(pid) if stacks else ""
        told += ["", f"{names.get(pid, f'process {pid}')}:", stack or "  where it is cannot be told"]
    told += ["", f"ended: {', '.join(map(str, pids)) or 'no worker, there was none'}"]
    return "\n".join(told)


def _settled_state(view: View, window: Window) -> list[str]:
    """Who holds what is read twice a second, and believed when seen twice."""
    end = time.monotonic() + _GRAPH
    while True:
        rows = view.family()
        spare_the_shared(view, window)
        lines = list(_state(view, window, rows))
        if any(line.startswith(("deadlock", "waiting")) for line in lines) or time.monotonic() >= end:
            return lines
        time.sleep(0.2)


def _state(view: View, window: Window, rows: list[Process]) -> Iterator[str]:
    now, pids = clock.wall_ns() // 1000, {process.pid for process in window.workers()}
    yield from (found.text for found in view.incidents(window.began_us) if concerns(view, found))
    for row in rows:
        if row.pid in pids and row.current_func and row.current_since_us:
            item = f" item {row.current_index}" if row.current_index is not None and row.current_index >= 0 else ""
            since = duration((now - row.current_since_us) / 1e6)
            yield f"running: {call(row.current_func)}{item} for {since} in {row.kind} {row.pid}"
    yield from _graph(view, now, pids)


def _graph(view: View, now: int, pids: set[int]) -> Iterator[str]:
    for primitive in view.store.primitives(view.run.id):
        what = f"{primitive.kind} {primitive.name or ''}".strip() + (f" of {primitive.site}" if primitive.site else "")
        for waiter in [each for each in primitive.waiters if each.alive and each.pid in pids | {os.getpid()}]:
            since = duration((now - waiter.since_us) / 1e6)
            held = ", ".join(f"{holder.pid}" + _at(" (at {})", holder.site) for holder in primitive.holders)
            waited = f"waiting: {waiter.pid} for {since}" + _at(" at {}", waiter.site)
            yield f"{waited} for {what}" + (f", held by {held}" * bool(held))


def _at(words: str, site: str | None) -> str:
    return words.format(site) if site else ""


def _own_stack(frame: FrameType | None) -> list[str]:
    """From the test's own code on, without our frames."""
    found = [each for each in traceback.extract_stack(frame) if not each.filename.startswith(HERE)]
    runner = [at for at, each in enumerate(found) if f"{os.sep}_pytest{os.sep}" in each.filename]
    inner = found[runner[-1] + 1 :] if runner else found
    return [line.rstrip("\n") for line in traceback.format_list(inner[-15:])]
