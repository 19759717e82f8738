"""Children of spawn and forkserver carry the run in their preparation data. (Those of fork find it in memory.)"""

from __future__ import annotations

import os

from procscope.runtime.instrument import boot, identity, recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
_PRELUDE = """
try:
    import sys
    lacking = "procscope" not in sys.modules
    if lacking:
        sys.path.insert(0, root)
    try:
        from procscope.runtime.instrument import children
    finally:
        if lacking:
            sys.path.remove(root)
    children.arrive(key, variables, birth)
except Exception:
    pass
"""


class Baggage:
    """Travels in a child's preparation data. Unpickling it starts the observation; it cannot fail the child."""

    def __init__(self, birth: identity.Birth) -> None:
        self._told = {"root": _ROOT, "key": recorder.run, "variables": recorder.environment, "birth": birth.told()}

    def __reduce__(self) -> Any:
        return exec, (_PRELUDE, self._told)


def arrive(key: str, variables: dict[str, str], birth: tuple[Any, ...]) -> None:
    """In a spawned or fork-served child: take part in the run, as what the parent decided."""
    identity.become(identity.Birth(*birth))
    boot.activate(key, variables, announce=False)
