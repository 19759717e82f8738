"""Signals by name."""

from __future__ import annotations

import signal


def signal_name(number: int) -> str:
    """'SIGKILL' for 9; 'signal 99' for one that has no name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
