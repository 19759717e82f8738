"""Time: wall time to store, monotonic time to subtract.

On Linux and macOS the monotonic clock is one per host, so readings from two processes subtract.
"""

from __future__ import annotations

import time
from typing import NamedTuple

mono_ns = time.monotonic_ns
wall_ns = time.time_ns


class Anchor(NamedTuple):
    """One instant read on both clocks, in nanoseconds: wall since the epoch, mono since boot."""

    wall: int
    mono: int

    def wall_us(self, mono: int) -> int:
        """Wall time in microseconds since the epoch of the monotonic reading `mono` (ns)."""
        return (self.wall + mono - self.mono) // 1000


def anchor() -> Anchor:
    """Both clocks, read as close together as Python allows."""
    return Anchor(wall_ns(), mono_ns())
