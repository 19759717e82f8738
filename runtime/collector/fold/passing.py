"""Who is blocked at a channel: a channel's row tells since when its process receives, and since when it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procscope.runtime.collector.fold.primitives import Words
from procscope.runtime.collector.fold.standing import READS, WRITES, Sight, Standing
from procscope.runtime.events import Primitive as Kind
from procscope.runtime.journal import board_layout as layout

if TYPE_CHECKING:
    from procscope.runtime.collector.board_file import BoardFile

CHANNELS = frozenset((Kind.QUEUE, Kind.JOINABLE_QUEUE, Kind.SIMPLE_QUEUE, Kind.PIPE, Kind.CONNECTION))
_QUEUES = frozenset((Kind.QUEUE, Kind.JOINABLE_QUEUE, Kind.SIMPLE_QUEUE))
_FED = frozenset((Kind.QUEUE, Kind.JOINABLE_QUEUE))
_ENDS = ((layout.HELD_SINCE, layout.ITEMS_OUT, "get", "recv"), (layout.HELD_AT, layout.ITEMS_IN, "put", "send"))
_ANOTHER = 1
"""Added to a thread's ident: it is not known which thread of the process it is, and the row's may wait elsewhere."""


def see(
    standing: Standing, file: BoardFile, index: int, words: Words, thread: int, site: str, now: int
) -> None:  # fmt: skip
    """Tell who waits at this row's channel. Of the killed, who was in a queue's pipe holds its lock for ever."""
    kind, process = words[layout.KIND], file.process
    for since_at, count_at, of_queue, of_pipe in _ENDS:
        place, since = (*file.place, index, of_pipe), words[since_at]
        fed = kind in _FED and of_pipe == "send"
        killed = process.state == "killed" and kind in _QUEUES
        if killed:
            standing.over(process.id, place)  # what was a wait has become a hold
        if not since or words[layout.FLAGS] & layout.FLAG_REST or (fed and not killed):
            standing.over(process.id, place)
            continue
        what = of_queue if kind in _QUEUES else of_pipe
        if killed:
            what = READS if of_pipe == "recv" else WRITES
        mark = (since, words[count_at])
        began = (min(since if since > 1 else now, now) + file.delta) // 1000
        sight = Sight(
            words[layout.UID], process.id, thread + _ANOTHER, what, mark, began, f"~{site}" if site else None, now
        )  # fmt: skip
        standing.see(place, sight)
