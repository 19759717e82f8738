"""What `procscope run` was asked for besides the settings."""

from __future__ import annotations

from typing import NamedTuple


class Wanted(NamedTuple):
    """`dashboard` None means "name it if one runs"; False, "do not even mention one"."""

    name: str
    dashboard: bool | None
    open_browser: bool
    quiet: bool
