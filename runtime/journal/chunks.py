"""A ChunkRan as bytes: a fixed part, the duration sketch, then the slow items."""

from __future__ import annotations

from procscope.runtime.events import ChunkRan, SlowItem
from procscope.runtime.journal import layout

_ARGS_MAX = 4096
_BODY = layout.CHUNK_RAN


def encode(event: ChunkRan) -> bytes:
    """The body without the thread's name."""
    parts = [
        _BODY.pack(
            event.pool, event.number, event.chunk, event.first, event.succeeded, event.failed, event.rest,
            event.started, event.ended, event.busy, event.bytes, event.last, len(event.buckets), len(event.slow),
        )
    ]  # fmt: skip
    parts += [layout.BUCKET.pack(*pair) for pair in event.buckets]
    for item in event.slow:
        text = item.args.encode("utf-8", "backslashreplace")[:_ARGS_MAX]
        parts.append(layout.SLOW_ITEM.pack(item.offset, item.started, item.ended, len(text)) + text)
    return b"".join(parts)


def halves(event: ChunkRan) -> tuple[ChunkRan, ChunkRan]:
    """The same facts as two reports, for when one record cannot hold all slow items."""
    half = len(event.slow) // 2
    front = event._replace(
        succeeded=half, failed=0, rest=0, busy=0, last=False, buckets=(), slow=event.slow[:half], bytes=-1
    )
    back = event._replace(first=event.first + half, succeeded=event.succeeded - half, slow=event.slow[half:])
    return front, back


def decode(body: bytes, thread: str) -> ChunkRan:
    """The event in `body`; raises struct.error or ValueError where the bytes do not add up."""
    values = _BODY.unpack_from(body, 0)
    last, bucket_count, slow_count = values[11:]
    at = _BODY.size
    end = at + layout.BUCKET.size * bucket_count
    buckets = tuple(layout.BUCKET.iter_unpack(body[at:end]))
    slow = []
    for _ in range(slow_count):
        offset, started, ended, length = layout.SLOW_ITEM.unpack_from(body, end)
        end += layout.SLOW_ITEM.size
        slow.append(SlowItem(offset, started, ended, body[end : end + length].decode("utf-8", "replace")))
        end += length
    if end != len(body):
        raise ValueError("a chunk's report does not end where it should")
    return ChunkRan._make((*values[:10], bool(last), buckets, tuple(slow), thread, values[10]))
