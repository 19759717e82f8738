"""A new segment in the run's directory: allocated, mapped, its header written; and the cap on the whole spool."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple
from zlib import crc32

from procscope.runtime import clock, thrown
from procscope.runtime.journal import board_layout, layout, mapping

_SIZES = (16 * 1024, 128 * 1024, 512 * 1024)
_LARGEST = 1024 * 1024
_NO_BOOT = bytes(16)
_boot_id = b""
_UNBORN = ".new"  # until the header is written, so that a process killed here leaves no segment without one


class Identity(NamedTuple):
    """Who this process is in its run: uids of 63 bits, 0 for none."""

    run: str
    process: int
    parent: int
    pool: int


class SpoolFullError(OSError):
    """The spool holds as many bytes as it may."""


def size_of(seq: int) -> int:
    """Small first, since most processes say little; then larger, since each switch costs a file."""
    return _SIZES[seq] if seq < len(_SIZES) else _LARGEST


def spool_bytes(directory: str) -> int:
    """Bytes of all segments in the spool that `directory` (a run's) is part of."""
    total = 0
    with os.scandir(os.path.dirname(directory)) as runs:
        for run in runs:
            if run.is_dir(follow_symlinks=False):
                total += _directory_bytes(run.path)
    return total


def _directory_bytes(path: str) -> int:
    total = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    total += entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        pass
    return total


def boot_id() -> bytes:
    """The host's boot id, 16 zero bytes where the system has none. Read once; children of fork inherit it."""
    global _boot_id
    if not _boot_id:
        _boot_id = _read_boot_id()
    return _boot_id


def _read_boot_id() -> bytes:
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb", buffering=0) as source:
            return bytes.fromhex(source.read(64).decode().strip().replace("-", ""))
    except (OSError, ValueError) as error:
        if thrown.by_program(error):
            raise
        return _NO_BOOT


def start_ticks(pid: int | str = "self") -> int:
    """Field 22 of /proc/PID/stat: with the boot id and the pid it names a process for good. 0 if unknown."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as source:
            return int(source.read(1024).rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError) as error:
        if thrown.by_program(error):
            raise
        return 0


class Place(NamedTuple):
    """Which segment: the journal's 16 bytes, the region, its place in the region, the thread's ident."""

    journal: bytes
    region: int
    seq: int
    thread: int


def create(directory: str, who: Identity, place: Place, size: int) -> mapping.Mapping:
    """Map a new segment of `size` bytes with its header written. Raises OSError when it cannot be had."""
    name = layout.segment_name(place.journal.hex(), place.region, place.seq)
    return _create(os.path.join(directory, name), who, place, size, (layout.MAGIC, layout.VERSION))


def create_board(directory: str, who: Identity, place: Place, size: int) -> mapping.Mapping:
    """Map a new board, likewise."""
    name = board_layout.board_name(place.journal.hex(), place.region, place.seq)
    return _create(os.path.join(directory, name), who, place, size, (board_layout.MAGIC, board_layout.VERSION))


def _create(path: str, who: Identity, place: Place, size: int, what: tuple[bytes, int]) -> mapping.Mapping:
    mapped = mapping.create(path + _UNBORN, size)
    try:
        fields = _fields(who, place, size)
        mapped.view[layout.FIELDS_AT : layout.FIELDS_END] = fields
        mapped.view[: layout.FIELDS_AT] = layout.PREAMBLE.pack(*what, crc32(fields))
        os.rename(path + _UNBORN, path)
    except BaseException:
        mapping.forget(path + _UNBORN)
        raise
    return mapped


def _fields(who: Identity, place: Place, size: int) -> bytes:
    now = clock.anchor()
    return layout.FIELDS.pack(
        place.journal, boot_id(), who.run.encode("ascii", "replace")[:24], who.process, who.parent, who.pool,
        start_ticks(), now.wall, now.mono, size, place.thread & 0xFFFFFFFFFFFFFFFF, os.getpid(), place.region,
        place.seq, sys.hexversion,
    ).ljust(layout.FIELDS_END - layout.FIELDS_AT, b"\0")  # fmt: skip
