"""Source lines for frames, read with care: regular files of sane size only, secrets hidden."""

from __future__ import annotations

import linecache
import os
import stat

from procscope.runtime import thrown
from procscope.runtime.instrument import scrub

_LARGEST = 4 << 20
_WIDEST = 200
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
LIBRARIES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


def is_ours(file: str) -> bool:
    """Whether a file is the program's own: neither of a library nor of the standard one."""
    foreign = file.startswith((_STANDARD, HERE, "<frozen "))
    return not foreign and not any(folder in file for folder in LIBRARIES)


def line_of(file: str, number: int) -> str:
    """Line `number` of `file`, stripped; '' where it cannot be had without risk."""
    if file not in linecache.cache and not _harmless(file):
        return ""
    return scrub.text(linecache.getline(file, number).strip()[:_WIDEST])


def _harmless(file: str) -> bool:
    try:
        info = os.stat(file)
    except (OSError, ValueError) as error:
        if thrown.by_program(error):
            raise
        return False
    return stat.S_ISREG(info.st_mode) and info.st_size <= _LARGEST
