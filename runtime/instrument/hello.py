"""The first word of the main process and of Python subprocesses: one small segment, written at once.

A journal proper would import ten modules, too much for an interpreter that may never start a worker. This writes the
same bytes (see `procscope.runtime.journal.layout`) with a plain write, once, and knows of one record only.
"""

from __future__ import annotations

import os
import sys
import time
from zlib import crc32

from procscope.runtime.instrument import recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from procscope.runtime.instrument.identity import Birth

_PAGE = 4096
_ALIVE = 33


def say(birth: Birth) -> None:
    """Write a segment that holds this process's ProcessAlive. Telemetry that cannot be had is no error."""
    try:
        directory = recorder.directory()
        birth.kind = _kind(directory)
        _write(directory, birth, _record(birth))
        recorder.introduced = True
    except Exception as error:
        from procscope.runtime import thrown

        if thrown.by_program(error):
            raise


def _kind(directory: str) -> str:
    """main for the process that the manifest names, subprocess for any other."""
    try:
        with open(os.path.join(directory, "run.json"), "rb", buffering=0) as file:
            manifest = file.read(1 << 20)
    except OSError:
        return "main"
    pid = manifest.partition(b'"pid":')[2].lstrip()[:20]
    return "main" if pid.partition(b",")[0].rstrip(b" }") == b"%d" % os.getpid() else "subprocess"


def _record(birth: Birth) -> bytes:
    from procscope.runtime.instrument import argv

    numbers = (time.monotonic_ns(), birth.process, birth.parent, os.getpid(), os.getppid())
    words = ",".join([_quoted(word) for word in argv.shown()])
    version = ".".join(map(str, sys.version_info[:3]))
    text = f'[{",".join(map(str, numbers))},"{birth.kind}",{_quoted(birth.name)},0,"","","{version}",[{words}]]'
    body = text.encode("ascii")
    tail = _words(4, _ALIVE, len(body)) + body
    size = len(tail) + 8 + 7 & -8
    return (_words(4, 0xA5000000 | size, crc32(tail)) + tail).ljust(size, b"\0")


def _words(width: int, *numbers: int) -> bytes:
    """Little-endian; loading struct would cost as much as the rest."""
    return b"".join([number.to_bytes(width, "little") for number in numbers])


def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    from _json import encode_basestring_ascii

    return str(encode_basestring_ascii(text))


def _write(directory: str, birth: Birth, record: bytes) -> None:
    journal = os.urandom(16)
    size = _PAGE + len(record) + 64
    key = recorder.run.encode("ascii", "replace")[:24].ljust(24, b"\0")
    when = _words(8, birth.process, birth.parent, 0, _start_ticks(), time.time_ns(), time.monotonic_ns(), size, 0)
    fields = (journal + _boot_id() + key + when + _words(4, os.getpid(), 0, 0, sys.hexversion)).ljust(176, b"\0")
    head = b"PSCOPEJ\n" + _words(4, 2, crc32(fields)) + fields
    path = os.path.join(directory, f"{journal.hex()}-0000-000000.psj")
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, head.ljust(_PAGE, b"\0") + record + bytes(64))
    finally:
        os.close(descriptor)
    os.rename(path + ".new", path)


def _boot_id() -> bytes:
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb", buffering=0) as file:
            return bytes.fromhex(file.read(64).decode().strip().replace("-", ""))
    except (OSError, ValueError):
        return bytes(16)


def _start_ticks() -> int:
    try:
        with open("/proc/self/stat", "rb", buffering=0) as file:
            return int(file.read(1024).rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0
