"""What may be captured, from the settings, in the units the hot paths need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Limits(NamedTuple):
    """`slow_ns`: items that ran as long get rows (0: all, -1: none). `preview`: bytes, 0 for no arguments at all."""

    slow_ns: int
    preview: int
    secret_names: tuple[str, ...]
    spool_cap: int
    sync: bool = True
    channels: bool = True
    logs: bool = True


def of(environ: Mapping[str, str]) -> Limits:
    """The limits that PROCSCOPE_* ask for; a value that makes no sense counts as not given."""
    from procscope.runtime.errors import BadSettingError
    from procscope.runtime.settings import PREFIX, Settings

    settings = Settings()
    for name, value in environ.items():
        try:
            settings = settings.overlaid({name.removeprefix(PREFIX).lower(): value})
        except BadSettingError:
            continue
    names = tuple(name.strip() for name in settings.secret_names.split(",") if name.strip())
    preview = max(settings.preview_bytes, 16) if settings.capture_args else 0
    return Limits(settings.slow_ns, preview, names, settings.spool_cap, settings.sync, settings.channels, settings.logs)
