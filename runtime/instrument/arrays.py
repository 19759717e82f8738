"""numpy, pandas and torch objects by type, shape and dtype; their data is never looked at."""

from __future__ import annotations

import sys
from typing import Any

from procscope.runtime.instrument.plainly import name_of

_SHAPED = {
    "numpy": ("ndarray", "matrix", "memmap"),
    "pandas": ("DataFrame", "Series", "Index"),
    "torch": ("Tensor",),
}
_module_of = type.__dict__["__module__"].__get__
_SCALARS = {"datetime": ("datetime", "date", "timedelta", "time"), "decimal": ("Decimal",), "uuid": ("UUID",),
            "fractions": ("Fraction",), "pathlib": ("PosixPath", "PurePosixPath"),
            "pathlib._local": ("PosixPath", "PurePosixPath")}  # fmt: skip


def shown(item: Any, kind: type) -> str:
    """'<ndarray float64 (3, 4)>', a standard library scalar as its own text, or '' for anything else."""
    module = _module_of(kind)
    if type(module) is not str:
        return ""
    name = name_of(kind)
    if name in _SCALARS.get(module, ()) and _is_the_real(kind, module, name):
        return "" if getattr(item, "tzinfo", None) is not None else _scalar(item, name)
    top = module.partition(".")[0]
    if top not in _SHAPED or top not in sys.modules:
        return ""
    if top == "numpy" and name not in _SHAPED["numpy"] and _is_the_real(kind, "numpy", name):
        return _numpy_scalar(item)
    if name not in _SHAPED[top] or not _is_the_real(kind, top, name):
        return ""
    return _shaped(item, name)


def _is_the_real(kind: type, module: str, name: str) -> bool:
    return vars(sys.modules[module]).get(name) is kind if module in sys.modules else False


def _scalar(item: Any, name: str) -> str:
    if name in ("PosixPath", "PurePosixPath"):
        return f"{name}({str(item)[:400]!r})"
    return repr(item)[:200]


def _numpy_scalar(item: Any) -> str:
    value = item.item() if hasattr(item, "item") and getattr(item, "ndim", 1) == 0 else None
    return repr(value) if type(value) in (int, float, bool, complex) else ""


def _shaped(item: Any, name: str) -> str:
    shape = tuple(int(size) for size in item.shape)
    dtype = "" if name == "DataFrame" else f" {str(item.dtype)[:40]}"
    return f"<{name}{dtype} {shape}>"
