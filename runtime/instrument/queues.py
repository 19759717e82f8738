"""What a worker is given in the place of its queues: the same queue, and we see what passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Watched:
    """Everything of `queue`, but `get` or `put` replaced."""

    def __init__(self, queue: Any, **replaced: Callable[..., Any]) -> None:
        self._procscope_queue = queue
        vars(self).update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._procscope_queue, name)
