"""What became of a pool's workers, in words. The counts by why are those of `pools.retired`."""

from __future__ import annotations

from collections.abc import Mapping

from procscope.runtime.diagnosis.words import several

_WORDS = {
    "maxtasks": "after as many tasks as they may",
    "killed": "killed",
    "initializer": "in their initializer",
    "exit": "by sys.exit() in a task",
    "exited": "by leaving in the middle",
    "exception": "by an exception in their loop",
    "vanished": "nobody knows how",
    "eof": "as their queue was closed",
    "timeout": "after having nothing to do",
    "ended": "ended by the program",
    "sentinel": "told to end",
}
"""In the order in which they are told; what a later version counts comes last, as it is."""
SILENT = ("exit", "exited")
"""Workers that took a task along without a word: its result never arrives."""


def gone(retired: Mapping[str, int]) -> str:
    """'12 workers gone: 10 after as many tasks as they may, 2 killed'; '' where none is."""
    told = [*(why for why in _WORDS if retired.get(why)), *sorted(why for why in retired if why not in _WORDS)]
    parts = ", ".join(f"{retired[why]:,} {_WORDS.get(why, why)}" for why in told)
    return f"{several(sum(retired.values()), 'worker')} gone: {parts}" if told else ""


def left(retired: Mapping[str, int]) -> str:
    """'2 by sys.exit() in a task' and the like, '' where no worker left in the middle of a task."""
    return ", ".join(f"{retired[why]:,} {_WORDS[why]}" for why in SILENT if retired.get(why))
