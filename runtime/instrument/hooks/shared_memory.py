"""multiprocessing.shared_memory: which blocks were made and by whom, who attached them, which were never unlinked.

A block's row has its name; in each process that attaches it, CALLS counts how often. FLAG_CLOSED: this process has
closed all it attached. FLAG_UNLINKED: it has unlinked it. What was made in the run and unlinked by nobody has leaked.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, patches, recorder
from procscope.runtime.journal import board_layout as layout

GROUP = "shared memory"
_KIND = int(Primitive.SHARED_MEMORY)
_MAKERS = {"shared_memory": "ShareableList", "managers": "SharedMemoryManager"}
_attached: dict[int, int] = {}
"""How often this process has each block open."""


def install(module: Any) -> None:
    """Patch SharedMemory, on which ShareableList and SharedMemoryManager build."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    patches.replace(GROUP, module.SharedMemory, "__init__", _init)
    patches.replace(GROUP, module.SharedMemory, "close", _close(sys.is_finalizing, _told, _closed))
    patches.replace(GROUP, module.SharedMemory, "unlink", _unlink)


def _told(act: Any, *args: Any) -> None:
    if recorder.run and GROUP not in patches.off:
        try:
            act(*args)
        except Exception as error:
            if patches.fault(GROUP, error):
                raise


def _init(original: Any) -> Any:
    def __init__(self: Any, *args: Any, **options: Any) -> None:
        try:
            original(self, *args, **options)
        except BaseException as error:
            patches.hide(error)
            raise
        _told(_opened, self)

    return __init__


def _opened(block: Any) -> None:
    caller = sys._getframe(3).f_globals.get("__name__")
    uid = boards.uid_of(f"shm {block._name}")
    if block._flags & os.O_EXCL:
        role = _MAKERS.get(str(caller).rpartition(".")[2], "")
        row = boards.born(uid, _KIND, name=block.name, site=boards.site(), size=block._size, role=role)
    else:
        row = boards.row(uid, _KIND)
        row.words[layout.SIZE] = block._size
    row.words[layout.CALLS] += 1
    row.words[layout.FLAGS] &= ~layout.FLAG_CLOSED
    _attached[uid] = _attached.get(uid, 0) + 1
    block._procscope = uid


def _close(finalizing: Any, told: Any, closed: Any) -> Any:
    """What __del__ calls at the interpreter's end must not look for anything of a module that is gone."""

    def make(original: Any) -> Any:
        def close(self: Any) -> None:
            was_open = self._mmap is not None
            try:
                original(self)
            except BaseException as error:
                patches.hide(error)
                raise
            if was_open and not finalizing():
                told(closed, self)

        return close

    return make


def _closed(block: Any) -> None:
    uid = vars(block).get("_procscope")
    if uid is None:
        return
    left = _attached[uid] = _attached.get(uid, 1) - 1
    if left <= 0:
        _attached.pop(uid, None)
        boards.row(uid, _KIND).words[layout.FLAGS] |= layout.FLAG_CLOSED


def _unlink(original: Any) -> Any:
    def unlink(self: Any) -> None:
        try:
            original(self)
        except BaseException as error:
            patches.hide(error)
            raise
        if not sys.is_finalizing():
            _told(_unlinked, self)

    return unlink


def _unlinked(block: Any) -> None:
    uid = vars(block).get("_procscope") or boards.uid_of(f"shm {block._name}")
    boards.row(uid, _KIND).words[layout.FLAGS] |= layout.FLAG_UNLINKED


def _forked() -> None:
    """What a child of fork inherits it did not attach itself."""
    _attached.clear()


recorder.after_fork.append(_forked)
