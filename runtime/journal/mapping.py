"""Shared file mappings that keep no descriptor in the user's process.

A program may close every descriptor and reuse the numbers, so none of ours may linger. From 3.13 mmap can forget
its descriptor (trackfd=False); before that mmap keeps a duplicate at the lowest free number, so libc is asked directly.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from procscope.runtime import thrown

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Mapping:
    """`view` is the writable memory of a file of `size` bytes; `release()` unmaps it."""

    __slots__ = ("_unmap", "view")

    def __init__(self, view: memoryview, unmap: Callable[[], object]) -> None:
        self.view = view
        self._unmap = unmap

    def release(self) -> None:
        """Unmap. Nobody may hold the view any more."""
        self.view.release()
        self._unmap()


def create(path: str, size: int) -> Mapping:
    """Make a new file with its blocks allocated, so that a full disk is an OSError here and never a SIGBUS later.

    Raises OSError (ENOSPC, EMFILE, EACCES, EEXIST, …); the file is gone again then.
    """
    descriptor = _open(path)
    try:
        os.fchmod(descriptor, 0o600)  # whatever umask the program has: the collector is to read it
        _allocate(descriptor, size)
        return _map(descriptor, size)
    except BaseException:
        forget(path)
        raise
    finally:
        os.close(descriptor)


def forget(path: str) -> None:
    """Remove a file that did not come to be; it may have its final name by now. What went wrong goes on its way."""
    try:
        os.unlink(path)
    except OSError:
        return


def _open(path: str) -> int:
    try:
        return os.open(path, _CREATE, 0o600)
    except FileExistsError:
        # An attempt of ours that was broken off half-way: nobody else makes files of this name.
        os.unlink(path)
        return os.open(path, _CREATE, 0o600)


def _allocate(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.write(descriptor, bytes(size))


def _map_forgetting(descriptor: int, size: int) -> Mapping:
    options: dict[str, Any] = {"trackfd": False}
    mapped = mmap.mmap(descriptor, size, **options)
    return Mapping(memoryview(mapped), mapped.close)


def _map_keeping(descriptor: int, size: int) -> Mapping:
    mapped = mmap.mmap(descriptor, size)
    return Mapping(memoryview(mapped), mapped.close)


@cache
def _libc() -> Any:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long,
    )  # fmt: skip
    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    return libc


def _map_by_libc(descriptor: int, size: int) -> Mapping:
    import ctypes

    libc = _libc()
    address = libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, descriptor, 0)
    if address is None or address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap failed")
    memory = (ctypes.c_char * size).from_address(address)
    return Mapping(memoryview(memory).cast("B"), lambda: libc.munmap(address, size))


def _map(descriptor: int, size: int) -> Mapping:
    if sys.version_info >= (3, 13):
        return _map_forgetting(descriptor, size)
    try:
        return _map_by_libc(descriptor, size)
    except (
        ImportError,
        AttributeError,
        RuntimeError,
    ) as error:  # RuntimeError: an audit hook forbids it
        if thrown.by_program(error):
            raise
        return _map_keeping(descriptor, size)
