"""multiprocessing.sharedctypes: Value, Array, RawValue, RawArray. A Value's uses are those of its lock, its part."""

from __future__ import annotations

import ctypes
from typing import Any

from procscope.runtime.events import Primitive
from procscope.runtime.instrument import boards, grips, identity, patches, recorder
from procscope.runtime.instrument.grips import making

GROUP = "shared values"
_KINDS = {
    "Value": Primitive.VALUE,
    "Array": Primitive.ARRAY,
    "RawValue": Primitive.RAW_VALUE,
    "RawArray": Primitive.RAW_ARRAY,
}


def install(module: Any) -> None:
    """Patch multiprocessing.sharedctypes."""
    if not recorder.limits().channels:
        recorder.not_observed(GROUP, "switched off by the setting channels")
        return
    for name, kind in _KINDS.items():
        patches.replace(GROUP, module, name, _maker(int(kind)))


def _maker(kind: int) -> Any:
    def make(original: Any) -> Any:
        def made(*args: Any, **options: Any) -> Any:
            try:
                with making:
                    value = original(*args, **options)
            except BaseException as error:
                patches.hide(error)
                raise
            if recorder.run and not making.depth and GROUP not in patches.off:
                try:
                    _made(kind, value)
                except Exception as error:
                    if patches.fault(GROUP, error):
                        raise
            return value

        return made

    return make


def _made(kind: int, value: Any) -> None:
    """Of an array in shared memory only its maker has something to say: it has no name that others could know it by."""
    uid = identity.new_uid()
    name, site = boards.called()
    lock = getattr(value, "_lock", None)
    held = getattr(value, "_obj", value) if lock is not None else value
    boards.born(uid, kind, name=name, site=site, size=ctypes.sizeof(held))
    grip = grips.of(lock) if lock is not None else None
    if grip is not None and not grip.told:
        grips.part(lock, uid, "lock", made_here=True, quiet=False)
