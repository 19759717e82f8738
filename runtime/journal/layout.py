"""The bytes of a journal segment, little-endian. Pure: nothing here opens, maps or times anything.

A segment file is one page and then records:

       0  header     magic, version, crc32 of 16…192, and the fields of `Header`
     192  sealed     u32: 1 once the thread writes to the next segment
     256  drops      u64[16]: facts not written, by `events.Drop`, since the region began
     512  slot       what the thread is doing now, see below
    4096  records    each 8-byte aligned:

       0  commit  u32   0xA5000000 | size of the whole record; written last, 0 = not yet
       4  crc     u32   crc32 of everything after it
       8  kind    u32   events.Kind
      12  length  u32   of the body
      16  body          then zeros to the next multiple of 8

    slot: 512 busy u64 (written last by begin, first by clear) · 520 pool · 528 number · 536 chunk · 544 started ·
    552 offset · 560 item started · 568 offset the preview belongs to (all i64) · 576 preview length u16 · 578 preview

    wait: 1608 since u64 (monotonic ns, written last; 0 = waits for nothing) · 1616 uid of the primitive or process ·
    1624 what u64 (`events.Wait`) · 1632 site length u16 · 1634 site

    clocks: what a worker's thread spent so far, u64 ns: 2048 busy · 2056 idle · 2064 sending · 2072 receiving ·
    2080 when its last result was sent (monotonic) · 2088 calls and chunks served

    progress: 2112 pool i64 · 2120 number · 2128 chunk · 2136 offset · 2144 done · 2152 total (-1: not told) ·
    2160 text length u16 · 2162 text · 2104 version u64 (odd while it is written, 0 before the first)

    stderr: 2560 length u16 · 2562 the last bytes written to it, oldest first

All from 512 on lies in the first segment's first page and stays there for the region's life.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from procscope.runtime.clock import Anchor

MAGIC = b"PSCOPEJ\n"
VERSION = 2
PAGE = 4096
MARK = 0xA5000000
MARK_MASK = 0xFF000000
RECORD_MAX = 192 * 1024

PREAMBLE = struct.Struct("<8sII")
FIELDS = struct.Struct("<16s16s24sqqqqqqqQIIII")
FIELDS_AT = 16
FIELDS_END = 192
SEALED_AT = 192
DROPS_AT = 256
DROPS = struct.Struct("<16Q")
WORD = struct.Struct("<I")
LONG = struct.Struct("<Q")
SHORT = struct.Struct("<H")

SLOT_AT = 512
SLOT = struct.Struct("<qqqqqqqH")
SLOT_FIELDS_AT = SLOT_AT + 8
SLOT_ITEM = struct.Struct("<qq")
SLOT_ITEM_AT = 552
SLOT_OFFSET = 69
SLOT_STARTED = 70
"""Places of the item's offset and start when the page is seen as 64-bit words in the host's order."""
SLOT_ARGS = struct.Struct("<qH")
SLOT_ARGS_AT = 568
SLOT_TEXT_AT = 578
SLOT_TEXT_MAX = 1024
SLOT_END = PAGE

WAIT_AT = 1608
WAIT = struct.Struct("<QQQH")
WAIT_REST = struct.Struct("<QQH")
WAIT_TEXT_AT = 1634
WAIT_TEXT_MAX = 384
CLOCKS_AT = 2048
CLOCKS = struct.Struct("<6Q")
PROGRESS_AT = 2104
PROGRESS = struct.Struct("<qqqqqqH")
PROGRESS_TEXT_AT = 2162
PROGRESS_TEXT_MAX = 256
STDERR_AT = 2560
STDERR_TEXT_AT = 2562
STDERR_MAX = 1500

HEAD = struct.Struct("<IIII")
TAIL = struct.Struct("<II")
NAME = struct.Struct("<III")
TASK_SUBMITTED = struct.Struct("<IIqqqqqI")
TASK_RAN = struct.Struct("<IIqqqqqII")
CHUNK_SUBMITTED = struct.Struct("<IIqqqqqq")
CHUNK_RAN = struct.Struct("<qqqqqqqqqqqIHH")
RESULT_ARRIVED = struct.Struct("<IIqqqqq")
BUCKET = struct.Struct("<HI")
SLOW_ITEM = struct.Struct("<qqqH")
ITEM_RAN = struct.Struct(NAME.format + CHUNK_RAN.format[1:] + BUCKET.format[1:])
"""A ChunkRan with one bucket and no slow item, from the record's kind on: what most chunks of one item are."""


class Header(NamedTuple):
    """Who wrote a segment. `journal` and `boot_id` are 32 hex digits; `pool` and `parent` are uids, 0 for none."""

    journal: str
    region: int
    seq: int
    run: str
    process: int
    parent: int
    pool: int
    pid: int
    start_ticks: int
    boot_id: str
    python: tuple[int, int, int]
    thread: int
    anchor: Anchor
    size: int


class Clocks(NamedTuple):
    """What a worker's thread spent up to its last result, in ns; `since` when that was sent (or its loop began),
    `calls` how many it served. `started` is when the call began that it is in now, 0 if it waits for one."""

    busy: int
    idle: int
    sending: int
    receiving: int
    since: int
    calls: int
    started: int


class Progress(NamedTuple):
    """How far a task (or an item of a chunk: `offset` is not -1) is, as it says itself; `total` -1 where not told."""

    pool: int
    number: int
    chunk: int
    offset: int
    done: int
    total: int
    text: str


class Slot(NamedTuple):
    """What a thread is doing: a task, or item `offset` of a chunk (-1: not an item). `args` may be ''."""

    pool: int
    number: int
    chunk: int
    offset: int
    started: int
    args: str


def segment_name(journal: str, region: int, seq: int) -> str:
    """The file name of one segment."""
    return f"{journal}-{region:04x}-{seq:06x}.psj"


def parse_segment_name(name: str) -> tuple[str, int, int] | None:
    """(journal, region, seq) of a segment's file name, None for any other file."""
    stem, _, suffix = name.partition(".")
    parts = stem.split("-")
    if suffix != "psj" or len(parts) != 3 or len(parts[0]) != 32:
        return None
    try:
        return parts[0], int(parts[1], 16), int(parts[2], 16)
    except ValueError:
        return None
