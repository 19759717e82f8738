"""The bytes of a board: what one thread says about each primitive it touches. Pure: nothing here opens or times.

A board is the file `<journal>-<region>-<seq>.psb` beside the region's segments. It begins with a segment's header (with
MAGIC and VERSION from here), is rewritten in place, never appended to, and has one writer: the region's thread. Beyond
the header all numbers are in the host's byte order, since only a collector of the same host reads them.

       0  header
     512  table      u64: rows there is room for · rows handed out · where the heap begins · bytes of it used
    4096  rows       of ROW bytes: WORDS u64, then CELLS u32 of waiting times, then CELLS u32 of holding times
    heap  texts      u16 length, then UTF-8; a text's number is `seq << 32 | its place in that file`, 0 for none

A full board is followed by the next seq; rows stay where they are, so all of a region's boards are read. A row whose
uid is 0 is not (or not yet) one. The words of a row, this thread's share of the primitive `uid`:

     0 uid          written last                     1 kind       events.Primitive
     2 owner        uid of what it is a part of      3 born       text: JSON [name, site, role]; 0 unless made here
     4 created      monotonic ns                     5 size       maxsize, value, parties or bytes
     6 flags        see below                        7 acquired   times this thread got it
     8 released     times it gave it back            9 contended  acquisitions that had to wait, or gave up
    10 items in    11 items out    12 bytes in      13 bytes out
    14 calls       of wait(), or of a proxy         15 wait ns    waiting, of all contended ones
    16 blocked ns  in put, get, send, recv          17 hold ns    holding, of the timed ones only
    18 held since  monotonic ns, 0 = not known      19 held site  text; both of the last acquisition
    20 depth + 1   a hint, 0 = none                 21 tasks done of a JoinableQueue
    22 sending     of a channel, see below          23 foreign    releases of what this thread did not hold

Who holds a lock or a semaphore: the thread has `held(words)` of it, acquisitions less releases of its own; words 18 and
19 stay when it is given back. One with foreign releases is used as a signal, or a release by somebody else ended a
hold: then as many are held as all threads' acquisitions less all their releases say, and those who came last hold.

Of what is waited for, the counts mean: Condition: 7 acquisitions of its lock by the program, 8 notify, 14 wait. Event:
7 waits that returned True, 8 set, 14 wait. Barrier: 7 waits that passed, 14 wait. 9 counts waits that had to block.
Their lock, if the program can hold it, is a row of its own (word 2, role "lock").

A channel's row is shared by the threads of its process, and five words mean something else: 14 items that a Queue's
feeder wrote to the pipe (what was put and not written is buffered). 18 since when a thread receives, and so holds the
read lock of a queue; 0: none does. 19 a line where one did. 22 since when one sends, and so holds the write lock;
1: not known since when. 23 items that were put and could not be sent, which word 10 no longer counts. Of shared memory
14 counts how often the process attached it. What is behind a proxy: 14 calls, 17 the time they took.

The rest: past ROWS_MOST rows a region, what is made shares one row per kind and site (FLAG_REST, uid `rest_uid`),
counted exactly; its holders are not told.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from zlib import crc32

MAGIC = b"PSCOPEB\n"
VERSION = 1
TABLE_AT = 512
TABLE = struct.Struct("=4Q")
ROWS_AT = 4096
WORDS = 24
CELLS = 120
ROW = WORDS * 8 + CELLS * 4 * 2
ROWS_MOST = 4096
SIZES = ((8, 16 << 10), (48, 64 << 10), (200, 256 << 10), (840, 1 << 20))
"""(rows, bytes of the file) by seq; the last for all that follow."""
TEXT = struct.Struct("=H")
TEXT_MAX = 1000

UID, KIND, OWNER, BORN, CREATED, SIZE, FLAGS = range(7)
ACQUIRED, RELEASED, CONTENDED, ITEMS_IN, ITEMS_OUT, BYTES_IN, BYTES_OUT, CALLS = range(7, 15)
WAIT_NS, BLOCKED_NS, HOLD_NS, HELD_SINCE, HELD_SITE, DEPTH, TASKS_DONE, HELD_AT, FOREIGN = range(15, 24)

FLAG_CLOSED = 1
FLAG_UNLINKED = 2
FLAG_MADE_HERE = 4
FLAG_SIGNAL = 8
"""A semaphore that this thread released without holding it: it tells nobody who holds it."""
FLAG_REST = 16

_LAST_HELD = 4  # events.Primitive.BOUNDED_SEMAPHORE
_LOWEST = 10
_LARGEST = CELLS - 1


def board_name(journal: str, region: int, seq: int) -> str:
    """The file name of one board; `journal` is 32 hex digits."""
    return f"{journal}-{region:04x}-{seq:06x}.psb"


def parse_board_name(name: str) -> tuple[str, int, int] | None:
    """(journal, region, seq) of a board's file name, None for any other file."""
    stem, _, suffix = name.partition(".")
    parts = stem.split("-")
    if suffix != "psb" or len(parts) != 3 or len(parts[0]) != 32:
        return None
    try:
        return parts[0], int(parts[1], 16), int(parts[2], 16)
    except ValueError:
        return None


def cell(nanoseconds: int) -> int:
    """The cell of a duration: four an octave from 2**10 ns; shorter ones are in the first, 18 minutes in the last."""
    octave = nanoseconds.bit_length() - 1
    if octave < _LOWEST:
        return 0
    return min((octave - _LOWEST) * 4 + (nanoseconds >> octave - 2 & 3), _LARGEST)


def cell_ns(index: int) -> int:
    """The duration in nanoseconds that stands for a cell: its middle."""
    octave, quarter = divmod(index, 4)
    return ((9 + 2 * quarter) << (octave + _LOWEST)) // 8


def held(words: Sequence[int]) -> int:
    """How often the thread of this row holds the lock (more than once: an RLock, or several of a semaphore)."""
    return words[ACQUIRED] - (words[RELEASED] - words[FOREIGN]) if words[KIND] <= _LAST_HELD else 0


def held_exactly(words: Sequence[int]) -> bool:
    """Whether words HELD_SINCE and HELD_SITE are of the acquisition that holds now, not of one before."""
    return words[HELD_SINCE] != 0


def rest_uid(kind: int, site: str) -> int:
    """The uid of the row that further primitives of that kind and place share."""
    return 1 << 62 | kind << 32 | crc32(site.encode("utf-8", "backslashreplace"))
