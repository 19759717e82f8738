"""`%%procscope` at the head of a notebook's cell: the cell runs as it would without, and what its workers did follows.

The line is taken out before the shell reads the cell, so that the shell itself runs it: names, results, exceptions
and `await` are as ever. The observation begins with the first such cell and lasts as long as the kernel.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from procscope.runtime import clock
from procscope.runtime.instrument import boot, recorder
from procscope.runtime.store.rows import Counts

NAME = "%%procscope"
_LOSSES = 0.7
"""Seconds that are waited while something runs: it may be lost already, which the collector learns from the system."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that runs: since when (µs since the epoch, seconds of the monotonic clock), and the tasks before it."""

    began_us: int
    began: float
    before: Counts


_running: list[Cell] = []


def load(shell: Any) -> None:
    """Give the shell the magic; again after a reload, in the place of what was there."""
    unload(shell)
    shell.input_transformers_cleanup.append(uncovered)
    shell.events.register("pre_run_cell", begins)
    shell.events.register("post_run_cell", is_over)
    shell.register_magic_function(by_name(shell), "cell", NAME.lstrip("%"))


def unload(shell: Any) -> None:
    """Take it away. What was observed goes on being observed."""
    shell.input_transformers_cleanup[:] = [each for each in shell.input_transformers_cleanup if not _ours(each)]
    for event in ("pre_run_cell", "post_run_cell"):
        for callback in [each for each in shell.events.callbacks[event] if _ours(each)]:
            shell.events.unregister(event, callback)


def _ours(function: Any) -> bool:
    """After a reload of this module its functions are others than those registered before."""
    return getattr(function, "__module__", "") == __name__


def marked(cell: Any) -> bool:
    """Whether the magic is at the head of a cell, perhaps below others such as %%time."""
    lines = (line for line in str(cell or "").splitlines() if line.strip())
    heads = takewhile(lambda line: line.startswith("%%"), lines)
    return any(line.split(maxsplit=1)[0] == NAME for line in heads)


def uncovered(lines: list[str]) -> list[str]:
    """A marked cell with its first line as a comment; without it, where another magic follows."""
    if not lines or not marked(lines[0]):
        return lines
    if len(lines) > 1 and lines[1].startswith("%%"):  # it is the cell's first now
        return lines[1:]
    return ["# " + lines[0], *lines[1:]]


def begins(info: Any) -> None:
    """Before a cell runs."""
    if not marked(info.raw_cell):
        return
    _running.clear()
    try:
        if not recorder.run:
            boot.instrument()
            _wait_for_collector()
        _running.append(_cell())
    except Exception as error:
        print(f"procscope: this cell is not observed: {type(error).__name__}: {error}")


def _wait_for_collector() -> None:
    """The first cell of a run waits until its collector is at work, and is told of like any other."""
    from procscope.inside import own

    own.wait_for_collector(5.0)


def _cell() -> Cell:
    from procscope.inside.own import look

    before = Counts()
    if recorder.is_open():
        with look() as view:
            before = view.run.counts if view else before
    return Cell(clock.wall_ns() // 1000, time.monotonic(), before)


def is_over(result: Any) -> None:
    """After a cell ran, however it ended."""
    if not _running or not marked(getattr(result.info, "raw_cell", "")):
        return
    cell = _running.pop()
    try:
        print("\n".join(_told(cell, time.monotonic() - cell.began)))
    except Exception as error:
        print(f"procscope: nothing can be told of this cell: {type(error).__name__}: {error}")


def _told(cell: Cell, seconds: float) -> list[str]:
    from procscope.inside import own, summary

    if not recorder.run:
        return ["procscope: this cell is not observed (PROCSCOPE_DISABLE, or see the warning above)"]
    end = time.monotonic() + _LOSSES
    while True:
        with own.look() as view:
            if view is None:
                return [f"procscope: run {recorder.run[:6]}: no facts yet; see procscope tree {recorder.run[:6]}"]
            if not view.run.counts.running or time.monotonic() >= end:
                return summary.of_cell(view, cell.before, cell.began_us, seconds)
        time.sleep(0.05)


def by_name(shell: Any) -> Any:
    """For run_cell_magic() and %lsmagic; a cell that begins with the line never comes here."""

    def procscope(line: str, cell: str) -> None:
        """Run the cell, then say what its worker processes did."""
        shell.run_cell(f"{NAME}\n{cell}").raise_error()

    return procscope
